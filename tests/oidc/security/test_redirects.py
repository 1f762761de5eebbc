"""Nobody leaves this server for an address that was not registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from identity_bridge.oidc.models import AuthorizationCode
from identity_bridge.oidc.protocol.redirect_uris import is_registered
from tests.oidc.parties import REDIRECT_URI, Party, configure, web_client

from .surface import hostile_browser

FOREIGN = [
    "https://evil.test/callback",
    "//evil.test/callback",
    "/\\evil.test",
    "https://app.example.org.evil.test/callback",
    "https://app.example.org@evil.test/callback",
    "https://app.example.org:443/callback",
    "https://app.example.org/callback/",
    "https://app.example.org/callback?a=b",
    "https://app.example.org/callback#a",
    "https://app.example.org/callback/../evil",
    "https://app.example.org/callback%2f..%2fevil",
    "https://app.example.org\\.evil.test/callback",
    "https://app.example.org/\tcallback",
    "https://app.example.org/callback\n",
    " https://app.example.org/callback",
    "http://app.example.org/callback",
    "javascript:alert(1)//https://app.example.org/callback",
    "data:text/html,a",
    "app.example.org/callback",
    "https://app.example.org",
    "*",
]
#: Letters whose upper-case form is a letter of ASCII; domains with them can be registered.
LOOK_ALIKES = {"i": "\u0131", "s": "\u017f"}


@pytest.mark.parametrize("uri", FOREIGN)
@pytest.mark.spec("RFC 9700", "2.1")
def test_an_authorization_request_goes_to_no_other_address(everybody: Party, uri: str) -> None:
    for mode in ("query", "form_post", "fragment"):
        response = everybody.authorize(redirect_uri=uri, response_mode=mode)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/error/")
    denied = everybody.authorize(redirect_uri=uri, prompt="none", client_id="asking")
    assert denied.headers["Location"].startswith("/account/error/")
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize(("letter", "other"), LOOK_ALIKES.items())
def test_a_host_that_only_looks_alike_is_another_one(letter: str, other: str) -> None:
    """.NET's OrdinalIgnoreCase keeps ı and ſ apart from I and S; the host may be anybody's."""
    registered = "https://shipping.example.org/callback"
    assert is_registered(registered.upper(), [registered])
    assert not is_registered(registered.replace(letter, other, 1), [registered])


def test_no_code_is_posted_to_a_host_that_only_looks_alike(everybody: Party) -> None:
    registered, evil = "https://shipping.example.org/cb", "https://sh\u0131pping.example.org/cb"
    configure(web_client("shipping", redirect_uris=[registered]))
    response = everybody.authorize(
        client_id="shipping", redirect_uri=evil, response_mode="form_post"
    )
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/error/")


def test_a_sign_out_leads_to_no_host_that_only_looks_alike(everybody: Party) -> None:
    registered, evil = "https://shipping.example.org/", "https://sh\u0131pping.example.org/"
    configure(web_client("shipping", post_logout_redirect_uris=[registered]))
    hint = Party("shipping", browser=everybody.browser).tokens()["id_token"]
    page = signed_out(everybody, id_token_hint=hint, post_logout_redirect_uri=evil)
    assert "pping.example.org" not in page


def signed_out(party: Party, **query: str) -> str:
    response = party.browser.get("/connect/endsession", query, secure=True, follow=True)
    return str(response.content.decode())


@pytest.mark.parametrize("uri", [*FOREIGN, REDIRECT_URI])
@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_a_sign_out_leads_to_no_other_address(everybody: Party, uri: str) -> None:
    hint = everybody.tokens()["id_token"]
    page = signed_out(everybody, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert "You are signed out" in page
    assert 'class="after"' not in page


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_a_sign_out_without_a_hint_leads_nowhere(everybody: Party) -> None:
    page = signed_out(everybody, post_logout_redirect_uri="https://app.example.org/")
    assert "Do you want to sign out" in page
    assert "app.example.org" not in page


BACK = [
    "https://evil.test/connect/authorize",
    "//evil.test/connect/authorize",
    "///evil.test/connect/authorize",
    "/\\evil.test/connect/authorize",
    "\\\\evil.test/connect/authorize",
    "/\t/evil.test/connect/authorize",
    "\x01//evil.test/connect/authorize",
    "https:connect/authorize",
    "javascript:/connect/authorize",
    "/connect/authorize/../../evil",
    "/connect/authorize@evil.test",
    "connect/authorize",
    "/account/profile/",
    "",
]


@pytest.mark.parametrize("back", BACK)
@pytest.mark.parametrize("answer", ["allow", "deny"])
def test_the_consent_page_goes_back_to_the_endpoint_only(
    everybody: Party, back: str, answer: str
) -> None:
    query = "?client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcallback"
    form = {"next": f"{back}{query}&response_type=code&scope=openid", answer: "1"}
    response = everybody.browser.post("/account/consent/", form | {"scope": "openid"}, secure=True)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/error/")


@pytest.mark.parametrize("back", [one for one in BACK if one and "connect" not in one[:8]])
@pytest.mark.parametrize("button", ["cancel", "sign in"])
def test_the_login_page_goes_nowhere_else(everybody: Party, back: str, button: str) -> None:
    query = "?client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcallback"
    party = Party(browser=hostile_browser())
    form = {"cancel": "1"} if button == "cancel" else {}
    response = party.sign_in("ada", next=f"{back}{query}&response_type=code&scope=openid", **form)
    location = response.headers.get("Location", "/")
    assert location.startswith("/")
    assert urlsplit(location.replace("\\", "/").replace("\t", "")).netloc == ""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/account/error/", "errorId"),
        ("/account/end-session/", "logoutId"),
        ("/connect/endsession/callback", "endSessionId"),
    ],
)
def test_a_message_of_anybody_else_says_nothing(stranger: Party, path: str, name: str) -> None:
    evil = {"client_id": "web", "post_logout_redirect_uri": "https://evil.test/", "client_ids": []}
    made: list[Any] = [
        signing.dumps(evil, salt="identity_bridge.oidc.logout", key="guessed", compress=True),
        signing.dumps(evil, salt="identity_bridge.oidc.error"),
        signing.dumps(["a", "evil.test", "evil.test", "evil.test"], salt="another"),
        "https://evil.test/",
        "a" * 20_000,
        ":::",
    ]
    if name != "errorId":
        made[1] = signing.dumps(evil, salt="identity_bridge.oidc.another")
    for message in made:
        if name == "errorId" and message == made[1]:
            continue
        response = stranger.browser.get(path, {name: message}, secure=True)
        assert response.status_code < 500
        assert b"evil.test" not in response.content


def test_an_old_message_says_nothing(everybody: Party, time_machine: Any) -> None:
    response = everybody.authorize(redirect_uri="https://evil.test/")
    location = response.headers["Location"]
    shown = everybody.browser.get(location, secure=True).content
    assert b"invalid_request" in shown
    message = parse_qs(urlsplit(location).query)["errorId"][0]
    assert b"evil.test" not in shown
    changed = f"{message[:-1]}{'A' if message[-1] != 'A' else 'B'}"
    page = everybody.browser.get("/account/error/", {"errorId": changed}, secure=True)
    assert b"invalid_request" not in page.content


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        ("https://app.example.org/\u65e5\u672c", "https://app.example.org/%E6%97%A5%E6%9C%AC"),
        (
            "https://k\u00e4se.example.org/cb?a=%20\u00e4",
            "https://xn--kse-qla.example.org/cb?a=%20%C3%A4",
        ),
        # Not fass.de, to which older rules would send the code.
        ("https://fa\u00df.de:8443/cb", "https://xn--fa-hia.de:8443/cb"),
        ("com.example.app:/\u00e4", "com.example.app:/%C3%A4"),
    ],
)
@pytest.mark.spec("RFC 6749", "4.1.2")
def test_an_address_with_other_letters_is_reached(
    everybody: Party, bridge: Callable[..., None], registered: str, sent: str
) -> None:
    """A header carries ASCII: Django would send MIME's encoded words, which no browser reads."""
    configure(web_client("far", redirect_uris=[registered], post_logout_redirect_uris=[registered]))
    location = everybody.authorize(client_id="far", redirect_uri=registered).headers["Location"]
    assert location.startswith(sent)
    code = parse_qs(urlsplit(location).query)["code"][0]
    far = Party("far", browser=everybody.browser)
    hint = far.exchange(code, redirect_uri=registered)["id_token"]
    bridge(OIDC_REDIRECT_AFTER_SIGN_OUT=True)
    query = {"id_token_hint": hint, "post_logout_redirect_uri": registered}
    page = far.browser.get("/connect/endsession", query, secure=True)
    back = far.browser.get(page.headers["Location"], secure=True)
    assert back.headers["Location"] == sent


def test_frames_of_other_letters_are_allowed_by_their_ascii_name(everybody: Party) -> None:
    told = "https://k\u00e4se.example.org/out"
    configure(web_client("told", front_channel_logout_uri=told))
    hint = Party("told", browser=everybody.browser).tokens()["id_token"]
    page = signed_out(everybody, id_token_hint=hint)
    address = page.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    frames = everybody.browser.get(address, secure=True)
    assert "frame-src https://xn--kse-qla.example.org" in frames.headers["Content-Security-Policy"]
