"""An account that a stranger has made with an address, and the owner of the address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from identity_bridge import signals
from identity_bridge.models import (
    Role,
    User,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)
from identity_bridge.users.logins import LoginInfo, add_login
from identity_bridge.users.reclaiming import generate_reclaim_token, reclaim
from tests.account.conftest import LOGIN, PASSWORD, PROFILE, credentials
from tests.account.mailing import Visitor, mailed_link, opened
from tests.account.test_passkeys import spoil

from .conftest import Bridge
from .test_register import CONFIRMED, NEW, REGISTER, filled

STRANGERS, OWNERS = "Squatter-9182!", PASSWORD
RECLAIM = "/account/reclaim/"


@pytest.fixture
def squatter(db: None, client: Visitor, bridge: Bridge) -> User:
    """Return the account of a stranger, who has every way in that can be had without a sign-in."""
    bridge(**CONFIRMED)
    client.post(REGISTER, filled(password=STRANGERS))
    user = User.objects.get()
    add_login(user=user, login=LoginInfo(login_provider="Harbor", provider_key="1"))
    UserToken.objects.create(user=user, login_provider="x", name="y", value="z")
    spoil(user, "{}")
    user.refresh_from_db()
    mail.outbox.clear()
    return user


def reclaimed(visitor: Visitor) -> Any:
    visitor.post(REGISTER, filled())
    path, page = opened(visitor, mailed_link())
    assert path == RECLAIM
    assert NEW in page
    return visitor.post(path, {"new_password": OWNERS, "repeat": OWNERS})


def test_who_registers_the_own_address_gets_the_account_and_nobody_else(squatter: User) -> None:
    heard: list[str] = []

    def hear(signal: Any, **given: Any) -> None:
        heard.append(given.get("method", "confirmed"))

    signals.password_changed.connect(hear)
    signals.email_confirmed.connect(hear)
    owner = Visitor()
    try:
        answer = reclaimed(owner)
    finally:
        signals.password_changed.disconnect(hear)
        signals.email_confirmed.disconnect(hear)
    assert (answer.status_code, answer["Location"]) == (302, "/account/reset-password/done/")
    assert sorted(heard) == ["confirmed", "reclaim"]
    assert Client().post(LOGIN, credentials(NEW, OWNERS))["Location"] == PROFILE
    assert Client().post(LOGIN, credentials(NEW, STRANGERS)).status_code == 200
    for model in (UserLogin, UserPasskey, UserToken):
        assert not model.objects.exists(), model
    stamp = squatter.security_stamp
    squatter.refresh_from_db()
    assert squatter.email_confirmed
    assert squatter.security_stamp != stamp


def test_the_link_works_once(squatter: User) -> None:
    owner = Visitor()
    reclaimed(owner)
    link = mailed_link(0)
    page = Visitor().get(link, follow=True).content.decode()
    assert "This link is not valid any more, ask for a new one." in page
    assert 'type="password"' not in page
    assert Visitor().post(RECLAIM, {"new_password": "x", "repeat": "x"}).status_code == 200
    assert User.objects.get().check_password(OWNERS)


def test_a_weak_password_is_refused_and_changes_nothing(squatter: User) -> None:
    owner = Visitor()
    owner.post(REGISTER, filled())
    path, _page = opened(owner, mailed_link())
    page = owner.post(path, {"new_password": "x", "repeat": "x"}).content.decode()
    assert "at least 6 characters" in page
    assert UserLogin.objects.count() == 1
    assert not User.objects.get().email_confirmed


@pytest.mark.parametrize(
    "has", ["signed in", "second factor", "role", "claim", "staff", "superuser", "confirmed"]
)
def test_an_account_that_somebody_has_worked_with_keeps_its_password(
    squatter: User, has: str
) -> None:
    token = generate_reclaim_token(user=squatter)
    match has:
        case "signed in":
            User.objects.update(last_login=timezone.now())
        case "second factor":
            User.objects.update(two_factor_enabled=True)
        case "role":
            role = Role.objects.create(name="Administrators")
            UserRole.objects.create(user=squatter, role=role)
        case "claim":
            UserClaim.objects.create(user=squatter, claim_type="a", claim_value="b")
        case "staff":
            User.objects.update(is_staff=True)
        case "superuser":
            User.objects.update(is_superuser=True)
        case _:
            User.objects.update(email_confirmed=True)
    squatter.refresh_from_db()
    result = reclaim(user=squatter, token=token, new=OWNERS)
    assert [error.code for error in result.errors] == ["InvalidToken"]
    Visitor().post(REGISTER, filled())
    wanted = "reset-password" if has == "confirmed" else "confirm-email"
    assert mailed_link().startswith(f"/account/{wanted}/?")


def test_a_token_is_for_one_user_and_one_address(squatter: User) -> None:
    token = generate_reclaim_token(user=squatter)
    other = User.objects.create_user("other", NEW, PASSWORD)
    assert not reclaim(user=other, token=token, new=OWNERS).succeeded
    User.objects.filter(pk=squatter.pk).update(email="a@b.test", normalized_email="A@B.TEST")
    squatter.refresh_from_db()
    assert not reclaim(user=squatter, token=token, new=OWNERS).succeeded


def test_it_goes_without_the_part_recovery(squatter: User, bridge: Bridge) -> None:
    bridge(**CONFIRMED, ACCOUNT_DISABLED_PARTS=["recovery"])
    owner = Visitor()
    assert owner.get(reclaimed(owner)["Location"]).status_code == 200
