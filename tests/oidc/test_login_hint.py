"""A client that knows who is coming: the login page has the name filled in, and trusts it no more
than that."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.protocol.limits import LOGIN_HINT

from .parties import Party, answer_of, claims_of, configure

pytestmark = pytest.mark.spec("OIDC Core", "3.1.2.1")


@pytest.fixture
def stranger(user: User) -> Party:
    configure()
    return Party()


def filled_in(party: Party, response: Any) -> str:
    """Return what stands in the name's field of the login page that somebody is sent to."""
    location = response.headers["Location"]
    assert location.startswith("/account/login/?"), location
    page = party.browser.get(location, secure=True)
    (field,) = re.findall(r'<input[^>]*name="username"[^>]*>', page.content.decode())
    found = re.search(r'value="([^"]*)"', field)
    return unescape(found[1]) if found is not None else ""


@pytest.mark.parametrize("hint", ["ada", "ada@example.org", '"><script>alert(1)</script>'])
def test_the_login_page_has_the_name_that_the_client_gives(stranger: Party, hint: str) -> None:
    assert filled_in(stranger, stranger.authorize(login_hint=hint)) == hint
    assert filled_in(stranger, stranger.authorize()) == ""


def test_it_is_there_again_for_a_new_sign_in(web: Party) -> None:
    assert filled_in(web, web.authorize(login_hint="grace", prompt="login")) == "grace"


def test_it_signs_nobody_in_and_asks_nobody_who_is(web: Party, stranger: Party) -> None:
    hinted = {"login_hint": "ada", "prompt": "none"}
    assert answer_of(stranger.authorize(**hinted))["error"] == "login_required"
    subject = claims_of(web.tokens()["id_token"])["sub"]
    assert claims_of(web.tokens(login_hint="grace")["id_token"])["sub"] == subject


def test_an_address_that_no_request_made_fills_nothing_in(stranger: Party) -> None:
    for target in ("/elsewhere?login_hint=ada", "/connect/authorize?login_hint=ada", ""):
        page = stranger.browser.get("/account/login/", {"next": target}, secure=True)
        assert 'value="ada"' not in page.content.decode()


@pytest.mark.parametrize(("length", "page"), [(LOGIN_HINT, "login"), (LOGIN_HINT + 1, "error")])
def test_it_has_a_limit(stranger: Party, length: int, page: str) -> None:
    location = stranger.authorize(login_hint="a" * length).headers["Location"]
    assert location.startswith(f"/account/{page}/")
