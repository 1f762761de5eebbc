"""Sessions that other code of the project began: when their sign-in was, and who has their key."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.models import UserSession
from identity_bridge.signin import clock
from identity_bridge.signin.sessions import SIGNED_IN_AT
from tests.oidc.parties import Party, answer_of, claims_of, configure


@pytest.fixture
def elsewhere(user: User) -> Party:
    """Return a browser that signed in at the admin's own page, and was never at the provider."""
    configure()
    party = Party()
    party.browser.force_login(user)
    return party


def backdate(party: Party, seconds: float) -> None:
    session = party.browser.session
    session[SIGNED_IN_AT] -= seconds
    session.save()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_max_age_counts_from_the_sign_in_not_from_the_first_request(elsewhere: Party) -> None:
    backdate(elsewhere, 3600)
    assert answer_of(elsewhere.authorize(max_age="60", prompt="none"))["error"] == "login_required"
    claims = claims_of(elsewhere.tokens()["id_token"])
    assert 3590 < clock.now() - claims["auth_time"] < 3700
    assert "code" in answer_of(elsewhere.authorize(max_age="7200", prompt="none"))


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_new_sign_in_is_not_proven_by_being_new_here(elsewhere: Party) -> None:
    backdate(elsewhere, 3600)
    asked = elsewhere.authorize(prompt="login")
    assert asked.headers["Location"].startswith("/account/login/?")
    straight = elsewhere.browser.get(_next_of(asked), secure=True)
    assert straight.headers["Location"].startswith("/account/login/?")


@pytest.mark.parametrize("at", [None, "x", [], float("nan"), float("inf"), -1e300, 1e300])
def test_whatever_tells_when_it_was_the_answer_is_no_failure(elsewhere: Party, at: Any) -> None:
    session = elsewhere.browser.session
    session[SIGNED_IN_AT] = at
    session.save()
    assert elsewhere.authorize(max_age="60").status_code == 302


def test_a_session_with_a_new_key_can_still_be_ended(elsewhere: Party) -> None:
    elsewhere.code()
    session = elsewhere.browser.session
    session.cycle_key()
    session.save()
    elsewhere.browser.cookies["sessionid"] = session.session_key
    elsewhere.code()
    assert UserSession.objects.get().session_key == session.session_key


def _next_of(response: Any) -> str:
    return parse_qs(urlsplit(response.headers["Location"]).query)["next"][0]
