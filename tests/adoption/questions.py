"""What the tests ask a Django project on an adopted database; it runs in a process of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from identity_bridge.adoption.reading import read_schema
from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import Role, UserClaim, UserLogin, UserPasskey, UserToken


def answer(question: str, arguments: tuple[str, ...]) -> None:
    print(json.dumps(globals()[question](*arguments)))


def sign_in(credentials: str) -> list[bool]:
    """Tell which (id, password) pairs match."""
    users = get_user_model().objects
    return [users.get(pk=key).check_password(password) for key, password in json.loads(credentials)]


def counts() -> dict[str, int]:
    models = (get_user_model(), Role, UserClaim, UserLogin, UserToken, UserPasskey)
    return {model._meta.db_table: model.objects.count() for model in models}


def reads(user_name: str) -> dict[str, Any]:
    user = get_user_model().objects.find_by_name(user_name)
    assert user is not None
    return {
        "id": str(user.pk),
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "locked": user.is_locked_out(),
        "password": user.check_password("Right-1!"),
        "roles": sorted(role.name for role in user.roles.all()),
    }


def write(user_name: str) -> str:
    """Create a user and touch every kind of column as a project would."""
    user = get_user_model().objects.create_user(user_name, "New.One@example.com", "Right-1!")
    user.lockout_end = MAX_VALUE
    user.two_factor_enabled = True
    user.save()
    role = Role.objects.create(name="From Django")
    user.roles.add(role)
    user.groups.add(Group.objects.get_or_create(name="group")[0])
    UserClaim.objects.create(user=user, claim_type="colour", claim_value="blue")
    UserLogin.objects.create(user=user, login_provider="Google", provider_key=user_name)
    UserToken.objects.create(user=user, login_provider="x", name="y", value="z")
    return str(user.pk)


def lock_for_an_hour(user_name: str) -> str:
    user = get_user_model().objects.find_by_name(user_name)
    assert user is not None
    user.lockout_end = timezone.now().replace(microsecond=120000) + timedelta(hours=1)
    user.save(update_fields=["lockout_end"])
    return user.lockout_end.isoformat()


def passkeys() -> list[str]:
    return sorted(bytes(passkey.credential_id).hex() for passkey in UserPasskey.objects.all())


def rewrite_passkeys() -> int:
    """Save every passkey as it was read; return how many."""
    found = list(UserPasskey.objects.all())
    for passkey in found:
        passkey.save()
    return len(found)


def live() -> dict[str, Any]:
    """Create, find and update a user under the key type of the project."""
    users = get_user_model().objects
    user = users.create_user("Ada", "ada@example.com", "Right-1!")
    user.roles.add(Role.objects.create(name="Editors"))
    UserLogin.objects.create(user=user, login_provider="Google", provider_key="1")
    user.phone_number = "1"
    user.save()
    found = (
        users.find_by_id(str(user.pk)),
        users.find_by_name("ADA"),
        users.find_by_login("Google", "1"),
    )
    nothing = (users.find_by_id("no key"), users.find_by_id(""), users.find_by_id("9" * 40))
    (table,) = read_schema(connection, ["AspNetUsers"], ()).tables
    column = table.column("Id")
    return {
        "key": user.pk,
        "found": [other == user for other in found],
        "nothing": list(nothing),
        "column": column.type if column else "",
    }
