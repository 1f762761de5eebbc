from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from identity_bridge.claims.principal import Claim
from identity_bridge.exceptions import IdentityResultError
from identity_bridge.models import Role, UserClaim
from identity_bridge.users import accounts, claims, emails, role_management, roles, stamps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cheap(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "aspnet", "PASSWORD_ITERATIONS": 1000}


def created(username: str = "ada", **columns: Any) -> Any:
    user = get_user_model()(username=username, **columns)
    accounts.create(user=user).raise_for_errors()
    return get_user_model().objects.get(pk=user.pk)


def codes(result: Any) -> list[str]:
    return [error.code for error in result.errors]


def test_a_new_user_gets_stamps_and_lockout() -> None:
    user = created(lockout_enabled=False, security_stamp="preset")
    assert re.fullmatch("[A-Z2-7]{32}", user.security_stamp)
    assert re.fullmatch("[0-9a-f-]{36}", user.concurrency_stamp)
    assert user.lockout_enabled
    assert user.normalized_username == "ADA"


@pytest.mark.parametrize("username", ["a\x00b", "\ud800", "\ufffe", "a" * 257])
def test_a_name_the_database_cannot_take_is_refused(settings: Any, username: str) -> None:
    settings.IDENTITY_BRIDGE = {"USER_ALLOWED_USER_NAME_CHARACTERS": ""}
    user = get_user_model()(username=username)
    assert codes(accounts.create(user=user)) == ["InvalidUserName"]
    assert codes(emails.set_email(user=created(), email=username)) == ["InvalidEmail"]


def test_a_taken_id_is_refused_and_the_transaction_goes_on() -> None:
    first = created()
    with transaction.atomic():
        second = get_user_model()(id=first.pk, username="eve")
        assert codes(accounts.create(user=second)) == ["DefaultError"]
        assert get_user_model().objects.count() == 1


def test_a_name_taken_at_the_last_moment_is_a_duplicate(monkeypatch: Any) -> None:
    created("ada")
    user = get_user_model()(username="ADA")
    monkeypatch.setattr(accounts, "validate_user", lambda user: ())
    assert codes(accounts.create(user=user)) == ["DuplicateUserName"]


def test_a_refused_change_leaves_the_object_as_it_was() -> None:
    user = created(email="ada@example.com")
    stamp = user.security_stamp
    assert codes(accounts.set_user_name(user=user, username="no name")) == ["InvalidUserName"]
    assert (user.username, user.normalized_username, user.security_stamp) == ("ada", "ADA", stamp)
    assert accounts.update(user=user).succeeded


def test_a_stale_writer_is_refused_and_leaves_the_object_as_it_was() -> None:
    user = created(email="ada@example.com")
    stale = get_user_model().objects.get()
    assert stamps.update_security_stamp(user=user).succeeded
    with transaction.atomic():
        assert codes(emails.set_email(user=stale, email="x@example.com")) == ["ConcurrencyFailure"]
        assert get_user_model().objects.get().email == "ada@example.com"
    assert stale.email == "ada@example.com"


def test_a_stale_writer_does_not_bring_back_an_active_user() -> None:
    stale = created()
    get_user_model().objects.filter(pk=stale.pk).update(is_active=False)
    assert emails.set_email(user=stale, email="x@example.com").succeeded
    assert not get_user_model().objects.get().is_active


def test_rows_of_a_refused_change_are_not_written() -> None:
    user = created()
    stale = get_user_model().objects.get()
    assert stamps.update_security_stamp(user=user).succeeded
    refused = claims.add_claims(user=stale, claims=[Claim("a", "b")])
    assert codes(refused) == ["ConcurrencyFailure"]
    assert not UserClaim.objects.exists()


def test_a_user_without_a_stamp_is_given_one() -> None:
    user = created()
    get_user_model().objects.update(security_stamp=None)
    user = get_user_model().objects.get()
    assert accounts.update(user=user).succeeded
    assert get_user_model().objects.get().security_stamp


def test_a_refusal_can_be_raised() -> None:
    result = accounts.create(user=get_user_model()(username=""))
    with pytest.raises(IdentityResultError, match="Username '' is invalid"):
        result.raise_for_errors()


def test_a_role_that_does_not_exist_is_refused() -> None:
    user = created()
    assert codes(roles.add_to_role(user=user, role="Nope")) == ["InvalidRoleName"]
    assert roles.get_users_in_role(role="Nope") == []


def test_two_names_of_one_role_are_one_membership() -> None:
    user = created()
    Role.objects.create(name="Admin")
    assert codes(roles.add_to_roles(user=user, roles=["Admin", "ADMIN"])) == ["UserAlreadyInRole"]
    assert roles.get_roles(user=user) == ()


def test_a_role_name_with_half_a_surrogate_pair_is_refused() -> None:
    assert codes(role_management.create_role(role=Role(name="\ud800"))) == ["InvalidRoleName"]
