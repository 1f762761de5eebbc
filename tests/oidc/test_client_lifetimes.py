"""How long what a client was given lives: the lifetimes of its configuration, on a moved clock.

Whatever still has to be good is looked at long before its end: a busy machine takes its time.
"""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.grants.clearing import clear_expired

from .parties import SECRET, Party, answer_of, browser, configure, post_form, web_client
from .security.test_consent_binding import allow, asked

OFFLINE = "openid offline_access"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def client_with(user: User, **settings: Any) -> Party:
    """Return a client that is set like this, with its user signed in."""
    configure(web_client("set", **settings))
    party = Party("set")
    assert party.sign_in("ada").status_code == 302
    return party


def test_an_old_sign_in_is_asked_again(user: User, time_machine: Any) -> None:
    """UserSsoLifetime: seconds since the sign-in, of this client only."""
    party = client_with(user, user_sso_lifetime=600)
    anybody = Party(browser=party.browser)
    time_machine.move(500)
    assert party.code()
    time_machine.move(110)
    assert party.authorize().headers["Location"].startswith("/account/login/")
    assert answer_of(party.authorize(prompt="none"))["error"] == "login_required"
    assert anybody.code()
    party.sign_in("ada")
    assert party.code()


@pytest.mark.spec("RFC 6749", "4.1.2")
@pytest.mark.parametrize(("after", "status"), [(500, 200), (600, 400)])
def test_a_code_is_over_in_time(user: User, time_machine: Any, after: int, status: int) -> None:
    party = client_with(user, authorization_code_lifetime=600)
    code = party.code()
    time_machine.move(after)
    answer = party.exchange(code, status=status)
    assert answer.get("error") == (None if status == 200 else "invalid_grant")


def test_a_consent_is_remembered_for_its_time(user: User, time_machine: Any) -> None:
    party = client_with(user, require_consent=True, consent_lifetime=600)
    back = asked(party)
    allow(party, back, "openid", "profile", remember="1")
    assert answer_of(party.browser.get(back, secure=True))["code"]
    time_machine.move(500)
    assert party.code()
    time_machine.move(110)
    asked(party)
    assert answer_of(party.authorize(prompt="none"))["error"] == "consent_required"


def test_a_consent_without_a_time_is_remembered_for_good(user: User, time_machine: Any) -> None:
    party = client_with(user, require_consent=True)
    allow(party, back := asked(party), "openid", "profile", remember="1")
    party.browser.get(back, secure=True)
    time_machine.move(7 * 86_400)
    assert party.code()


@pytest.mark.spec("RFC 8628", "3.2")
@pytest.mark.spec("RFC 8628", "3.5")
def test_a_device_waits_for_its_time(user: User, time_machine: Any) -> None:
    party = client_with(user, allowed_grant_types=[DEVICE_GRANT], device_code_lifetime=600)
    form = {"client_id": "set", "client_secret": SECRET, "scope": "openid"}
    device = post_form(party.browser, "/connect/deviceauthorization", form).json()
    assert device["expires_in"] == 600
    page = {"userCode": device["user_code"]}
    polled = {"grant_type": DEVICE_GRANT, "device_code": device["device_code"]}
    time_machine.move(500)
    assert (
        'name="allow"' in party.browser.get("/account/device/", page, secure=True).content.decode()
    )
    assert party.token(status=400, **polled)["error"] == "authorization_pending"
    time_machine.move(100)
    answered = party.browser.post(
        "/account/device/", page | {"allow": "1", "scope": "openid"}, secure=True
    )
    assert "No device waits" in answered.content.decode()
    assert party.token(status=400, **polled)["error"] == "expired_token"


@pytest.mark.spec("RFC 6749", "5.1")
@pytest.mark.spec("RFC 7662", "2.2")
def test_a_reference_token_is_over_to_the_second(user: User, time_machine: Any) -> None:
    """No clock of anybody else is in it, so there is nothing to forgive as with a JWT."""
    party = client_with(user, access_token_type="Reference", access_token_lifetime=1200)
    tokens = party.tokens(scope="openid orders.read")
    token = tokens["access_token"]
    assert tokens["expires_in"] == 1200
    said = party.introspect(token)
    assert (said["active"], said["exp"] - said["iat"]) == (True, 1200)
    time_machine.move(1100)
    assert party.userinfo(token).status_code == 200
    time_machine.move(100)
    assert party.userinfo(token).status_code == 401
    assert party.introspect(token) == {"active": False}


USAGES = pytest.mark.parametrize("usage", ["ReUse", "OneTimeOnly"])


def refreshed_at(party: Party, time_machine: Any, *moments: int) -> str:
    """Use a refresh token at these seconds after it was given out; the last handle.

    What is over is deleted before each use, which must not find what was pushed on.
    """
    handle, now = party.tokens(scope=OFFLINE)["refresh_token"], 0
    for moment in moments:
        time_machine.move(moment - now)
        clear_expired(batch_size=10)
        now, handle = moment, party.refresh(handle)["refresh_token"]
    return handle


@USAGES
def test_each_use_pushes_a_sliding_end_up_to_the_absolute_one(
    user: User, time_machine: Any, usage: str
) -> None:
    party = client_with(
        user,
        refresh_token_usage=usage,
        refresh_token_expiration="Sliding",
        sliding_refresh_token_lifetime=1000,
        absolute_refresh_token_lifetime=2500,
    )
    handle = refreshed_at(party, time_machine, 900, 1800, 2400)
    time_machine.move(100)
    assert party.refresh(handle, status=400) == {"error": "invalid_grant"}


@USAGES
def test_a_sliding_end_that_nobody_pushes_comes(user: User, time_machine: Any, usage: str) -> None:
    party = client_with(
        user,
        refresh_token_usage=usage,
        refresh_token_expiration="Sliding",
        sliding_refresh_token_lifetime=1000,
        absolute_refresh_token_lifetime=2500,
    )
    handle = refreshed_at(party, time_machine, 500)
    time_machine.move(1000)
    assert party.refresh(handle, status=400) == {"error": "invalid_grant"}


@USAGES
def test_no_use_pushes_an_absolute_end(user: User, time_machine: Any, usage: str) -> None:
    party = client_with(
        user,
        refresh_token_usage=usage,
        refresh_token_expiration="Absolute",
        sliding_refresh_token_lifetime=9000,
        absolute_refresh_token_lifetime=1000,
    )
    handle = refreshed_at(party, time_machine, 500, 900)
    time_machine.move(100)
    assert party.refresh(handle, status=400) == {"error": "invalid_grant"}


@pytest.mark.spec("RFC 6749", "6")
def test_the_handle_stays_or_changes_as_is_set(user: User, time_machine: Any) -> None:
    configure(web_client("same"), web_client("once", refresh_token_usage="OneTimeOnly"))
    shared = browser()
    for client_id, stays in (("same", True), ("once", False)):
        party = Party(client_id, browser=shared)
        party.sign_in("ada")
        first = party.tokens(scope=OFFLINE)["refresh_token"]
        second = party.refresh(first)["refresh_token"]
        assert (first == second) is stays
        party.refresh(first, status=200 if stays else 400)
