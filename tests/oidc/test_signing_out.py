"""A client sends its user to sign out, with an ID token or with its name only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from identity_bridge.oidc.models import UserSession

from .parties import Party, configure, web_client

pytestmark = pytest.mark.spec("OIDC RP-Initiated Logout", "2")

BACK = "https://app.example.org/"
CONFIRM, DONE = "Do you want to sign out", "You are signed out"


def end_session(party: Party, **query: str) -> Any:
    """Return the page at which a browser arrives, or the redirect that leaves this server."""
    response = party.browser.get("/connect/endsession", query, secure=True)
    location = response.headers["Location"]
    return party.browser.get(location, secure=True)


def confirmed(party: Party, **query: str) -> Any:
    """Return what follows the answer yes."""
    response = party.browser.get("/connect/endsession", query, secure=True)
    path, _mark, given = response.headers["Location"].partition("?")
    return party.browser.post(path, dict(parse_qsl(given)), secure=True)


def test_with_an_id_token_nobody_is_asked(web: Party) -> None:
    hint = web.tokens()["id_token"]
    page = end_session(web, id_token_hint=hint, client_id="web", post_logout_redirect_uri=BACK)
    assert DONE in page.content.decode()
    assert f'href="{BACK}"' in page.content.decode()
    assert not UserSession.objects.exists()


def test_with_a_name_only_the_person_is_asked_and_led_back(web: Party) -> None:
    asked = {"client_id": "web", "post_logout_redirect_uri": BACK, "state": "s 1"}
    assert CONFIRM in end_session(web, **asked).content.decode()
    assert UserSession.objects.exists()
    page = confirmed(web, **asked).content.decode()
    assert DONE in page
    assert f'href="{BACK}?state=s+1"' in page
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("client_id", ["nobody", "x" * 101, "off", ""])
def test_a_name_that_is_none_leads_nowhere(web: Party, client_id: str) -> None:
    configure(web_client("off", enabled=False))
    page = confirmed(web, client_id=client_id, post_logout_redirect_uri=BACK).content.decode()
    assert DONE in page
    assert BACK not in page


def test_the_address_has_to_be_one_of_the_named_client(web: Party) -> None:
    configure(web_client("other", post_logout_redirect_uris=["https://other.example.org/"]))
    page = confirmed(web, client_id="other", post_logout_redirect_uri=BACK).content.decode()
    assert BACK not in page


def test_an_id_token_of_another_client_proves_nothing(web: Party) -> None:
    configure(web_client("other"))
    hint = web.tokens()["id_token"]
    page = end_session(web, id_token_hint=hint, client_id="other", post_logout_redirect_uri=BACK)
    assert CONFIRM in page.content.decode()
    assert BACK not in page.content.decode()
    assert UserSession.objects.exists()


def test_an_id_token_of_another_issuer_proves_nothing(
    web: Party, bridge: Callable[..., None]
) -> None:
    """A key of the old server that was imported here may have signed for others."""
    hint = web.tokens()["id_token"]
    bridge(OIDC_ISSUER="https://login.example.org")
    assert CONFIRM in end_session(web, id_token_hint=hint).content.decode()


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_the_way_back_is_a_link_or_taken_as_is_set(web: Party, bridge: Callable[..., None]) -> None:
    hint = web.tokens()["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BACK, "state": "x"}
    assert end_session(web, **asked).status_code == 200
    bridge(OIDC_REDIRECT_AFTER_SIGN_OUT=True)
    response = end_session(web, **asked)
    assert (response.status_code, response.headers["Location"]) == (302, f"{BACK}?state=x")
    without = end_session(web, id_token_hint=hint)
    assert DONE in without.content.decode()


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_clients_are_told_through_the_browser_before_it_leaves(
    web: Party, bridge: Callable[..., None]
) -> None:
    configure(web_client("told", front_channel_logout_uri="https://app.example.org/out"))
    bridge(OIDC_REDIRECT_AFTER_SIGN_OUT=True)
    told = Party("told", browser=web.browser)
    hint = told.tokens()["id_token"]
    page = end_session(told, id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert page.status_code == 200
    text = page.content.decode()
    assert f'<meta http-equiv="refresh" content="3;url={BACK}">' in text
    assert urlsplit(text.partition('<iframe src="')[2]).path.startswith("/connect/endsession/")


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        ("https://app.example.org/#/bye", "https://app.example.org/?state=x#/bye"),
        ("https://app.example.org/?a=b#c", "https://app.example.org/?a=b&state=x#c"),
    ],
)
def test_a_page_behind_the_hash_is_reached(
    web: Party, bridge: Callable[..., None], registered: str, sent: str
) -> None:
    """As applications with a router of their own register them."""
    configure(web_client("app", post_logout_redirect_uris=[registered]))
    bridge(OIDC_REDIRECT_AFTER_SIGN_OUT=True)
    hint = Party("app", browser=web.browser).tokens()["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": registered, "state": "x"}
    assert end_session(web, **asked).headers["Location"] == sent


def test_a_native_application_is_led_back_too(web: Party, bridge: Callable[..., None]) -> None:
    own = "com.example.app:/signed-out"
    configure(web_client("app", post_logout_redirect_uris=[own]))
    bridge(OIDC_REDIRECT_AFTER_SIGN_OUT=True)
    hint = Party("app", browser=web.browser).tokens()["id_token"]
    response = end_session(web, id_token_hint=hint, post_logout_redirect_uri=own)
    assert response.headers["Location"] == own
