"""Whoever was switched off, deleted or locked by an administrator loses everything at once; so
does a client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc import clock
from identity_bridge.oidc.models import Client, ClientSecret
from tests.oidc.parties import PASSWORD, SECRET, Party, post_form

from .surface import DEVICE_GRANT, hostile_browser

INACTIVE = {"active": False}
OFFLINE = "openid offline_access orders.read"


def _switch_off(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _lock(user: User) -> None:
    end = clock.moment() + timedelta(days=1000)
    User.objects.filter(pk=user.pk).update(lockout_enabled=True, lockout_end=end)


def _delete(user: User) -> None:
    User.objects.get(pk=user.pk).delete()


ENDINGS = [_switch_off, _lock, _delete]
End = Callable[[User], None]


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("client_id", ["web", "referring"])
def test_the_tokens_of_an_ended_user_are_dead(
    everybody: Party, user: User, end: End, client_id: str
) -> None:
    party = Party(client_id, browser=everybody.browser)
    tokens, code = party.tokens(scope=OFFLINE), party.code()
    assert party.userinfo(tokens["access_token"]).status_code == 200
    end(user)
    assert party.userinfo(tokens["access_token"]).status_code == 401
    assert party.introspect(tokens["access_token"]) == INACTIVE
    assert party.introspect(tokens["access_token"], client_id, SECRET) == INACTIVE
    assert party.refresh(tokens["refresh_token"], status=400) == {"error": "invalid_grant"}
    assert party.exchange(code, status=400) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "end",
    [
        _switch_off,
        _lock,
        _delete,
    ],
)
def test_the_refresh_token_of_an_ended_user_is_said_to_be_dead(
    everybody: Party, user: User, end: End
) -> None:
    """RFC 7662, section 2.2: ``active`` means that it could be used."""
    handle = everybody.tokens(scope=OFFLINE)["refresh_token"]
    assert everybody.introspect(handle, "web", SECRET)["active"] is True
    end(user)
    assert everybody.introspect(handle, "web", SECRET) == INACTIVE


@pytest.mark.parametrize("end", ENDINGS)
def test_an_ended_user_gets_no_code(everybody: Party, user: User, end: End) -> None:
    end(user)
    assert everybody.authorize().headers["Location"].startswith("/account/login/")
    silent = everybody.authorize(prompt="none").headers["Location"]
    assert "error=login_required" in silent
    assert "code=" not in silent


@pytest.mark.parametrize("end", ENDINGS)
def test_a_device_of_an_ended_user_gets_nothing(everybody: Party, user: User, end: End) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(everybody.browser, "/connect/deviceauthorization", form).json()
    page = everybody.browser.post(
        "/account/device/",
        {"userCode": device["user_code"], "allow": "1", "scope": "openid"},
        secure=True,
    )
    assert b"Your device is connected" in page.content
    end(user)
    tv = Party("tv", browser=hostile_browser())
    answer = tv.token(status=400, grant_type=DEVICE_GRANT, device_code=device["device_code"])
    assert answer["error"] == "invalid_grant"


@pytest.mark.parametrize("end", ENDINGS)
def test_an_ended_user_gets_nothing_for_the_password(
    everybody: Party, user: User, end: End
) -> None:
    old = Party("old", browser=hostile_browser())
    form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    assert "access_token" in old.token(**form)
    end(user)
    assert old.token(status=400, **form)["error"] == "invalid_grant"


@pytest.fixture
def switched_off() -> Callable[[str], None]:
    def switch(client_id: str) -> None:
        row = Client.objects.get(application__client_id=client_id)
        row.enabled = False
        row.save()

    return switch


@pytest.mark.parametrize("client_id", ["web", "referring"])
def test_a_client_that_is_switched_off_loses_everything(
    everybody: Party, switched_off: Callable[[str], None], client_id: str
) -> None:
    party = Party(client_id, browser=everybody.browser)
    tokens, code = party.tokens(scope=OFFLINE), party.code()
    switched_off(client_id)
    assert party.userinfo(tokens["access_token"]).status_code == 401
    assert party.introspect(tokens["access_token"]) == INACTIVE
    assert party.refresh(tokens["refresh_token"], status=400) == {"error": "invalid_client"}
    assert party.exchange(code, status=400) == {"error": "invalid_client"}
    assert party.authorize().headers["Location"].startswith("/account/error/")
    form = {"client_id": client_id, "client_secret": SECRET, "token": "A"}
    assert post_form(party.browser, "/connect/introspect", form).status_code == 401
    assert post_form(party.browser, "/connect/revocation", form).status_code == 400
    page = party.browser.get(
        "/connect/endsession", {"id_token_hint": tokens["id_token"]}, secure=True, follow=True
    )
    assert b"Do you want to sign out" in page.content


def test_a_device_of_a_client_that_is_switched_off_is_not_found(
    everybody: Party, switched_off: Callable[[str], None]
) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(everybody.browser, "/connect/deviceauthorization", form).json()
    switched_off("tv")
    page = everybody.browser.get("/account/device/", {"userCode": device["user_code"]}, secure=True)
    assert b"No device waits with this code" in page.content
    assert post_form(everybody.browser, "/connect/deviceauthorization", form).status_code == 400


def test_an_expired_secret_is_a_wrong_one(everybody: Party) -> None:
    machine = Party("machine", browser=everybody.browser)
    assert "access_token" in machine.token(grant_type="client_credentials")
    secret = ClientSecret.objects.get(client__application__client_id="machine")
    secret.expiration = clock.moment() - timedelta(seconds=1)
    secret.save()
    answer = machine.token(status=400, grant_type="client_credentials")
    assert answer == {"error": "invalid_client"}


def test_a_secret_expires_while_it_is_remembered(everybody: Party, time_machine: Any) -> None:
    machine = Party("machine", browser=everybody.browser)
    secret = ClientSecret.objects.get(client__application__client_id="machine")
    secret.expiration = clock.moment() + timedelta(seconds=60)
    secret.save()
    assert "access_token" in machine.token(grant_type="client_credentials")
    time_machine.move(61)
    machine.token(status=400, grant_type="client_credentials")
