"""Text of clients, users and requests is text on every page that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from identity_bridge.oidc.configuration import document, writing
from identity_bridge.oidc.models import Client
from tests.oidc.parties import RESOURCES, SECRET, Party, configure, post_form, web_client

from .test_consent_binding import asked

MARK_UP = "\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}<script>alert(2)</script>"


class Reader(HTMLParser):
    """Finds what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inputs: dict[str, str] = {}
        self.actions: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"img", "object", "embed", "base"}:
            self.found.append(tag)
        self.found += [name for name in given if name.startswith("on")]
        for name in ("href", "src", "action", "formaction"):
            scheme = given.get(name, "").strip().lower().partition(":")[0]
            if scheme in {"javascript", "data", "vbscript"}:
                self.found.append(f"{name}={given[name]}")
        if tag == "input":
            self.inputs[given.get("name", "")] = given.get("value", "")
        if tag == "form":
            self.actions.append(given.get("action", ""))


def read(response: Any) -> Reader:
    reader = Reader()
    text = response.content.decode()
    reader.feed(text)
    assert "14<script>" not in text
    assert "alert(2)</script>" not in text
    return reader


@pytest.fixture
def marked(everybody: Party) -> Party:
    scopes = {"name": "orders.read", "display_name": MARK_UP, "description": MARK_UP}
    writing.write(document.parse(RESOURCES | {"api_scopes": [scopes]}))
    changes = {"client_name": MARK_UP, "description": MARK_UP, "require_consent": True}
    configure(
        web_client("asking", **changes),
        web_client("tv", allowed_grant_types=["urn:ietf:params:oauth:grant-type:device_code"],
                   **changes),
    )  # fmt: skip
    return Party("asking", browser=everybody.browser)


def test_the_consent_page_shows_text(marked: Party) -> None:
    back = asked(marked, scope="openid orders.read", state=MARK_UP, nonce=MARK_UP)
    page = marked.browser.get("/account/consent/", {"next": back}, secure=True)
    reader = read(page)
    assert reader.found == []
    assert reader.inputs["next"] == back


def test_the_login_page_shows_text(marked: Party, stranger: Party) -> None:
    response = Party("asking", browser=stranger.browser).authorize(login_hint=MARK_UP)
    page = stranger.browser.get(response.headers["Location"], secure=True)
    reader = read(page)
    assert reader.found == []
    assert reader.inputs["username"] == MARK_UP


def test_the_device_pages_show_text(marked: Party) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid orders.read"}
    device = post_form(marked.browser, "/connect/deviceauthorization", form).json()
    code = {"userCode": f"{device['user_code']}<>\"'"}
    assert read(marked.browser.get("/account/device/", code, secure=True)).found == []
    allowed = code | {"allow": "1", "scope": ["openid"]}
    assert read(marked.browser.post("/account/device/", allowed, secure=True)).found == []
    unknown = {"userCode": MARK_UP}
    assert read(marked.browser.get("/account/device/", unknown, secure=True)).found == []


def test_the_error_page_shows_text(marked: Party) -> None:
    for query in (f"client_id={quote(MARK_UP)}", f"client_id=web&{quote(MARK_UP)}=1&"
                  f"{quote(MARK_UP)}=2"):  # fmt: skip
        response = marked.browser.get(f"/connect/authorize?{query}", secure=True, follow=True)
        assert response.status_code == 400
        assert read(response).found == []


def test_the_error_page_says_nothing_that_a_stranger_wrote(marked: Party) -> None:
    """Escaped text is text all the same: 'Call 0900 …' on our page, under our name."""
    for query in ("client_id=Call+the+hotline", "client_id=web&Call+the+hotline=1&"
                  "Call+the+hotline=2"):  # fmt: skip
        response = marked.browser.get(f"/connect/authorize?{query}", secure=True, follow=True)
        assert b"Call the hotline" not in response.content


def test_the_sign_out_pages_show_text(marked: Party) -> None:
    uri = "https://app.example.org/?a='\"><b>"
    configure(web_client("leaving", client_name=MARK_UP, post_logout_redirect_uris=[uri]))
    hint = Party("leaving", browser=marked.browser).tokens()["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": uri, "state": MARK_UP}
    asked_again = marked.browser.get("/account/end-session/", {"logoutId": MARK_UP}, secure=True)
    assert read(asked_again).found == []
    page = marked.browser.get("/connect/endsession", query, secure=True, follow=True)
    assert b"You are signed out" in page.content
    assert read(page).found == []


def test_the_page_that_posts_itself_has_text_in_its_fields(everybody: Party) -> None:
    uri = "https://app.example.org/?a='\"><script>alert(2)</script>"
    configure(web_client("posting", redirect_uris=[uri]))
    response = everybody.authorize(
        client_id="posting", redirect_uri=uri, response_mode="form_post", state=MARK_UP
    )
    reader = read(response)
    assert reader.found == []
    assert reader.inputs["state"] == MARK_UP
    assert reader.actions == [uri]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_a_state_breaks_out_of_no_redirect(everybody: Party) -> None:
    state = "a&code=forged#x\r\nSet-Cookie: a=b"
    for mode in ("query", "fragment"):
        location = everybody.authorize(state=state, response_mode=mode).headers["Location"]
        assert location.count("code=") == 1
        assert "\n" not in location
        assert "forged#" not in location


@pytest.mark.parametrize(
    ("member", "page"),
    [("client_uri", "consent"), ("post_logout_redirect_uris", "sign-out")],
)
def test_an_address_that_runs_a_script_is_no_link(everybody: Party, member: str, page: str) -> None:
    """An administrator of clients is no administrator of the provider's pages."""
    script = "javascript:alert(1)"
    value: Any = [script] if member.endswith("s") else script
    configure(web_client("asking", require_consent=page == "consent"))
    row = Client.objects.get(application__client_id="asking")
    target = row if page == "consent" else row.application
    # Neither the admin nor a file can set it; an older row may have it.
    setattr(target, member, " ".join(value) if isinstance(value, list) else value)
    target.save()
    party = Party("asking", browser=everybody.browser)
    if page == "consent":
        shown = party.browser.get("/account/consent/", {"next": asked(party)}, secure=True)
    else:
        query = {"id_token_hint": party.tokens()["id_token"], "post_logout_redirect_uri": script}
        shown = party.browser.get("/connect/endsession", query, secure=True, follow=True)
    assert read(shown).found == []


def test_the_pages_of_iframes_name_no_other_origin(
    everybody: Party, bridge: Callable[..., None]
) -> None:
    uri = "https://app.example.org/out?a=\"'><script>alert(2)</script>"
    configure(web_client("framed", front_channel_logout_uri=uri))
    hint = Party("framed", browser=everybody.browser).tokens()["id_token"]
    page = everybody.browser.get(
        "/connect/endsession", {"id_token_hint": hint}, secure=True, follow=True
    ).content.decode()
    address = page.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    frames = everybody.browser.get(address, secure=True)
    assert read(frames).found == []
    policy = frames.headers["Content-Security-Policy"]
    assert policy.endswith("frame-src https://app.example.org")
