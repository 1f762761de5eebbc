"""Another site cannot press our buttons, neither by a form of its own nor through a frame."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from identity_bridge.models import User
from identity_bridge.oidc.models import LogoutNotification, UserSession
from tests.oidc.parties import HOST, PASSWORD, SECRET, Party, configure, post_form, web_client

from .surface import hostile_browser
from .test_consent_binding import asked

FRAMING = "django.middleware.clickjacking.XFrameOptionsMiddleware"


@pytest.fixture
def strict(everybody: Party) -> Party:
    """The same user at a browser whose forms are checked."""
    party = Party("asking", browser=Browser(enforce_csrf_checks=True, headers={"host": HOST}))
    party.browser.cookies = everybody.browser.cookies
    return party


@pytest.mark.spec("RFC 6749", "10.12")
def test_a_consent_form_of_another_site_is_refused(strict: Party) -> None:
    back = asked(strict)
    form = {"next": back, "allow": "1", "scope": ["openid", "profile"]}
    response = strict.browser.post("/account/consent/", form, secure=True)
    assert response.status_code == 403
    again = strict.browser.get(back, secure=True)
    assert again.headers["Location"].startswith("/account/consent/")


def test_a_consent_cannot_be_given_by_a_link(strict: Party) -> None:
    back = asked(strict)
    query = {"next": back, "allow": "1", "scope": ["openid", "profile"]}
    assert strict.browser.get("/account/consent/", query, secure=True).status_code == 200
    again = strict.browser.get(back, secure=True)
    assert again.headers["Location"].startswith("/account/consent/")


def test_a_device_form_of_another_site_is_refused(strict: Party) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(strict.browser, "/connect/deviceauthorization", form).json()
    answer = {"userCode": device["user_code"], "allow": "1", "scope": "openid"}
    assert strict.browser.post("/account/device/", answer, secure=True).status_code == 403
    page = strict.browser.get("/account/device/", answer, secure=True)
    assert b"Your device is connected" not in page.content
    assert b"Your device shows the code" in page.content


def test_a_sign_out_form_of_another_site_is_refused(strict: Party) -> None:
    assert strict.browser.post("/account/end-session/", {}, secure=True).status_code == 403
    page = strict.browser.get("/account/end-session/", secure=True)
    assert b"Do you want to sign out" in page.content
    assert UserSession.objects.count() == 1


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_the_end_session_endpoint_signs_nobody_out_by_itself(strict: Party) -> None:
    for call in (strict.browser.get, strict.browser.post):
        call("/connect/endsession", secure=True)
    post_form(strict.browser, "/connect/endsession", {})
    assert UserSession.objects.count() == 1


def test_the_token_of_an_attacker_signs_nobody_else_out(everybody: Party) -> None:
    """He asks with his own ID token and without a session, and gives the address that he was sent
    to to everybody else."""
    User.objects.create_user("mallory", None, PASSWORD)
    attacker = Party(browser=hostile_browser())
    attacker.sign_in("mallory")
    hint = attacker.tokens()["id_token"]
    nobody = hostile_browser()
    response = nobody.get("/connect/endsession", {"id_token_hint": hint}, secure=True)
    page = everybody.browser.get(response.headers["Location"], secure=True)
    assert b"Do you want to sign out" in page.content


def test_the_way_out_of_one_session_does_not_end_another(everybody: Party) -> None:
    """The same address again, after the same user has signed in again."""
    hint = everybody.tokens()["id_token"]
    response = everybody.browser.get("/connect/endsession", {"id_token_hint": hint}, secure=True)
    location = response.headers["Location"]
    everybody.browser.get(location, secure=True)
    everybody.sign_in("ada")
    page = everybody.browser.get(location, secure=True)
    assert b"Do you want to sign out" in page.content


PAGES = ["/account/consent/", "/account/device/", "/account/end-session/", "/account/error/"]


def page_of(everybody: Party, path: str) -> Any:
    query = {"next": asked(Party("asking", browser=everybody.browser))}
    response = everybody.browser.get(path, query, secure=True)
    assert response.headers["Content-Type"].startswith("text/html")
    return response


def framed(response: Any) -> bool:
    policy = response.headers.get("Content-Security-Policy", "")
    return response.headers.get("X-Frame-Options") != "DENY" and "frame-ancestors" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_no_page_can_be_framed_where_django_says_so(
    everybody: Party, settings: Any, path: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, FRAMING]
    everybody.browser.handler.load_middleware()
    assert not framed(page_of(everybody, path))


@pytest.mark.parametrize("path", PAGES[:3])
@pytest.mark.spec("RFC 9700", "4.16")
def test_no_page_with_a_button_can_be_framed_without_the_middleware(
    everybody: Party, path: str
) -> None:
    """RFC 9700, section 4.16: the server must prevent it, and this is the server's page."""
    assert framed(page_of(everybody, path)) is False


def test_what_clients_frame_can_be_framed(everybody: Party, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, FRAMING]
    everybody.browser.handler.load_middleware()
    checked = everybody.browser.get("/connect/checksession", secure=True)
    assert checked.status_code == 200
    assert "X-Frame-Options" not in checked.headers
    assert "frame-ancestors" not in checked.headers["Content-Security-Policy"]

    configure(web_client("framed", front_channel_logout_uri="https://app.example.org/out"))
    hint = Party("framed", browser=everybody.browser).tokens()["id_token"]
    page = everybody.browser.get(
        "/connect/endsession", {"id_token_hint": hint}, secure=True, follow=True
    ).content.decode()
    address = page.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    frames = everybody.browser.get(address, secure=True)
    assert b"https://app.example.org/out?sid=" in frames.content
    assert "X-Frame-Options" not in frames.headers
    assert not LogoutNotification.objects.exists()
