"""The session behind the tokens of a coordinated client: pushed on by use, over in time, and one
for each browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc import clock
from identity_bridge.oidc.models import RefreshToken, UserSession

from .parties import Party, answer_of, browser, claims_of, configure, web_client

OFFLINE = "openid profile offline_access"
#: Seconds: of the session, which a token outlives.
SESSION, TOKEN = 1500, 6000
BUSY = timedelta(seconds=60)
"""What a slow machine may take between two lines."""


@pytest.fixture
def bound(user: User, settings: Any) -> Party:
    """A client whose tokens live as long as the session, with its user signed in."""
    settings.SESSION_COOKIE_AGE = SESSION
    coordinated = {"coordinate_lifetime_with_user_session": True, "access_token_lifetime": TOKEN}
    configure(
        web_client("bound", **coordinated),
        web_client("referring", **coordinated, access_token_type="Reference"),
    )
    party = Party("bound")
    assert party.sign_in("ada").status_code == 302
    return party


def is_about(moment: Any, *, seconds: float) -> bool:
    """Tell if that moment is so many seconds from now."""
    return abs(moment - clock.moment() - timedelta(seconds=seconds)) < BUSY


@pytest.mark.parametrize("use", ["refresh", "userinfo", "introspect"])
def test_using_a_token_pushes_the_end_of_the_session(
    bound: Party, time_machine: Any, use: str
) -> None:
    tokens = bound.tokens(scope=f"{OFFLINE} orders.read")
    assert is_about(UserSession.objects.get().expires, seconds=SESSION)
    time_machine.move(1000)
    if use == "refresh":
        bound.refresh(tokens["refresh_token"])
    elif use == "userinfo":
        assert bound.userinfo(tokens["access_token"]).status_code == 200
    else:
        assert bound.introspect(tokens["access_token"])["active"] is True
    row = UserSession.objects.get()
    assert is_about(row.expires, seconds=TOKEN)
    assert is_about(row.renewed, seconds=0)
    time_machine.move(TOKEN - 200)  # long after the first end
    bound.refresh(tokens["refresh_token"])


def test_the_end_is_never_pulled_nearer(bound: Party, time_machine: Any, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 10 * TOKEN
    bound.sign_in("ada")
    handle = bound.tokens(scope=OFFLINE)["refresh_token"]
    time_machine.move(1000)
    bound.refresh(handle)
    assert is_about(UserSession.objects.get().expires, seconds=10 * TOKEN - 1000)


def test_a_session_in_constant_use_is_written_now_and_then(bound: Party, time_machine: Any) -> None:
    tokens = bound.tokens(scope=OFFLINE)
    before = UserSession.objects.get().expires
    time_machine.move(200)
    bound.refresh(tokens["refresh_token"])
    assert UserSession.objects.get().expires == before


def test_a_session_whose_time_is_over_refuses_its_tokens(bound: Party, time_machine: Any) -> None:
    referring, free = (Party(name, browser=bound.browser) for name in ("referring", "web"))
    tokens = bound.tokens(scope=f"{OFFLINE} orders.read")
    reference = referring.tokens(scope="openid orders.read")["access_token"]
    other = free.tokens(scope=OFFLINE)
    time_machine.move(SESSION)
    assert bound.refresh(tokens["refresh_token"], status=400) == {"error": "invalid_grant"}
    for token in (tokens["access_token"], reference):
        assert bound.userinfo(token).status_code == 401
        assert bound.introspect(token) == {"active": False}
    # The tokens of a client that is not coordinated live on.
    assert "access_token" in free.refresh(other["refresh_token"])
    assert free.userinfo(other["access_token"]).status_code == 200


def test_a_session_whose_time_is_over_signs_nobody_in(bound: Party, time_machine: Any) -> None:
    bound.code()
    time_machine.move(SESSION)
    assert bound.authorize().headers["Location"].startswith("/account/login/")
    assert answer_of(bound.authorize(prompt="none"))["error"] == "login_required"
    bound.sign_in("ada")
    assert bound.code()


def test_signing_out_in_one_browser_leaves_another_alone(bound: Party) -> None:
    other = Party("bound", browser=browser())
    other.sign_in("ada")
    ended, kept = bound.tokens(scope=OFFLINE), other.tokens(scope=OFFLINE)
    sid = claims_of(kept["id_token"])["sid"]
    assert claims_of(ended["id_token"])["sid"] != sid
    bound.browser.post("/account/logout/", secure=True)
    assert [row.session_id for row in UserSession.objects.all()] == [sid]
    assert [row.session_id for row in RefreshToken.objects.all()] == [sid]
    assert bound.refresh(ended["refresh_token"], status=400) == {"error": "invalid_grant"}
    assert bound.userinfo(ended["access_token"]).status_code == 401
    assert claims_of(other.refresh(kept["refresh_token"])["id_token"])["sid"] == sid
    assert other.userinfo(kept["access_token"]).status_code == 200
    assert other.code()
    assert bound.authorize().headers["Location"].startswith("/account/login/")
