"""Roles, claims, logins, tokens and passkeys: relations, composite keys, deletion."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction

from identity_bridge.aspnet.passkey_data import parse
from identity_bridge.models import (
    Role,
    RoleClaim,
    User,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)
from tests.fixtures_data import fixture_path


@pytest.fixture
def full(ada: User, editors: Role) -> User:
    """Ada with something in every table that names a user."""
    ada.roles.add(editors)
    ada.groups.add(Group.objects.create(name="group"))
    ada.user_permissions.add(Permission.objects.all()[0])
    UserClaim.objects.create(user=ada, claim_type="a", claim_value="b")
    UserLogin.objects.create(user=ada, login_provider="Google", provider_key="1")
    UserToken.objects.create(user=ada, login_provider="x", name="y", value="z")
    UserPasskey.objects.create(user=ada, credential_id=b"\x00\xff", data=json.dumps(passkey()))
    RoleClaim.objects.create(role=editors, claim_type="c", claim_value="d")
    return ada


def passkey() -> dict[str, object]:
    return {
        "PublicKey": "AAEC",
        "CreatedAt": "2025-11-20T10:11:12.1234567+00:00",
        "SignCount": 1,
        "Transports": None,
        "IsUserVerified": True,
        "IsBackupEligible": False,
        "IsBackedUp": False,
        "AttestationObject": "AAEC",
        "ClientDataJson": "AAEC",
        "Name": "key",
    }


OF_USERS = (UserClaim, UserLogin, UserToken, UserPasskey, UserRole)


def test_roles_are_a_relation_like_any(ada: User, editors: Role) -> None:
    writers = Role.objects.create(name="Writers")
    ada.roles.add(editors)
    ada.roles.add(editors)  # twice is once
    assert list(ada.roles.all()) == [editors]
    assert list(editors.users.all()) == [ada]
    ada.roles.set([writers])
    assert list(User.objects.filter(roles__normalized_name="WRITERS")) == [ada]
    ada.roles.remove(writers)
    assert not UserRole.objects.exists()
    editors.users.add(ada)
    ada.roles.clear()
    assert not UserRole.objects.exists()


def test_roles_are_prefetched(full: User) -> None:
    (user,) = User.objects.prefetch_related("roles__claims", "claims", "logins", "tokens")
    assert [claim.claim_type for role in user.roles.all() for claim in role.claims.all()] == ["c"]
    assert [token.value for token in user.tokens.all()] == ["z"]


def test_composite_keys_are_keys(full: User, editors: Role) -> None:
    assert UserRole.objects.get(pk=(full.pk, editors.pk)).role == editors
    assert UserLogin.objects.get(pk=("Google", "1")).user == full
    token = UserToken.objects.get(pk=(full.pk, "x", "y"))
    token.value = "new"
    token.save()
    assert UserToken.objects.values_list("value", flat=True).get() == "new"
    with pytest.raises(IntegrityError), transaction.atomic():
        UserLogin.objects.create(user=full, login_provider="Google", provider_key="1")
    UserToken.objects.bulk_create(
        [UserToken(user=full, login_provider="x", name="y", value="upsert")],
        update_conflicts=True,
        update_fields=["value"],
        unique_fields=None if connection.vendor == "mysql" else ["user", "login_provider", "name"],
    )
    assert UserToken.objects.values_list("value", flat=True).get() == "upsert"


def test_deleting_a_user_deletes_what_is_theirs(full: User) -> None:
    full.delete()
    assert not any(model.objects.exists() for model in OF_USERS)
    assert Role.objects.exists()


def test_deleting_a_row_leaves_the_rest_to_the_database(full: User) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote('AspNetUsers')} WHERE {quote('Id')} = %s", [full.pk])
        cursor.execute(f"DELETE FROM {quote('AspNetRoles')}")
    assert not any(model.objects.exists() for model in (*OF_USERS, RoleClaim))
    assert not User.groups.through.objects.exists()
    assert not User.user_permissions.through.objects.exists()
    connection.check_constraints()


def test_a_reference_to_nobody_is_refused(db: None) -> None:
    key = "00000000-0000-4000-8000-000000000000"

    def refer_to_nobody() -> None:
        with transaction.atomic():
            UserClaim.objects.create(user_id=key, claim_type="a")
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        refer_to_nobody()


def test_the_admin_log_refers_to_users(ada: User) -> None:
    entry = LogEntry.objects.create(
        user=ada,
        content_type=ContentType.objects.get_for_model(User),
        object_id=ada.pk,
        object_repr=str(ada),
        action_flag=CHANGE,
    )
    assert LogEntry.objects.get(pk=entry.pk).user == ada
    assert LogEntry.objects.get(pk=entry.pk).get_edited_object() == ada


def test_a_role_has_django_permissions(editors: Role) -> None:
    permission = Permission.objects.all()[0]
    editors.permissions.add(permission)
    assert list(Role.objects.filter(permissions=permission)) == [editors]
    editors.delete()
    assert Permission.objects.filter(pk=permission.pk).exists()


def test_claims_keep_null_and_empty_apart(ada: User) -> None:
    for value in (None, "", " "):
        UserClaim.objects.create(user=ada, claim_type="t", claim_value=value)
    found = UserClaim.objects.order_by("id").values_list("claim_value", flat=True)
    assert list(found) == [None, "", " "]


def test_names_tell_apart_by_case_and_blanks(ada: User) -> None:
    for name in ("Name", "name", "name ", "naïve", "naive"):
        UserToken.objects.create(user=ada, login_provider="p", name=name, value=name)
    assert UserToken.objects.count() == 5
    assert UserToken.objects.get(pk=(ada.pk, "p", "name ")).value == "name "


def passkeys_of_ef() -> list[tuple[bytes, str]]:
    path = fixture_path("databases/sqlite_v3_string/app.db")
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as source:
        return source.execute('SELECT "CredentialId", "Data" FROM "AspNetUserPasskeys"').fetchall()


def test_passkeys_are_written_as_ef_writes_them_here(ada: User) -> None:
    written = passkeys_of_ef()
    for key, text in written:
        UserPasskey.objects.create(user=ada, credential_id=key, data=text)
    quote = connection.ops.quote_name
    for key, text in written:
        stored = UserPasskey.objects.get(pk=key)
        stored.save()
        read, expected = UserPasskey.objects.get(pk=key).data, parse(text)
        assert read is not None
        # EF's provider for PostgreSQL writes six digits of a second.
        digits = 26 if connection.vendor == "postgresql" else 40
        assert read.created_at[:digits].startswith(expected.created_at[:digits].rstrip("0"))
        assert replace(read, created_at=expected.created_at) == expected
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {quote('Data')} FROM {quote('AspNetUserPasskeys')}"
                f" WHERE {quote('CredentialId')} = %s",
                [key],
            )
            (raw,) = cursor.fetchone()
        public_key = parse(text).public_key
        if connection.vendor == "sqlite":
            assert raw == text
        else:
            stored_json = json.loads(raw) if isinstance(raw, str) else raw
            assert base64.b64decode(stored_json["PublicKey"]) == public_key
