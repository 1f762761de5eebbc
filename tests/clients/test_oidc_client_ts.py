"""``oidc-client-ts`` in Chromium: a single-page application, at another origin than the provider.

Both have the same host, so that cookies go along into frames, as with ``id.`` and ``app.`` names of
one site. What a browser does to frames, popups and scripts of other origins is all real here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .browser import Window, needs_chromium
from .provider import Provider

pytestmark = [pytest.mark.slow, needs_chromium]
AT_HOME = "location.pathname === '/index.html' && document.readyState === 'complete'"


@pytest.fixture
def home(window: Window, single_page: str) -> Callable[..., dict[str, Any]]:
    """Return what signs somebody in by redirects; the user that the application has then."""

    def sign_in(username: str = "ada", **settings: Any) -> dict[str, Any]:
        if settings:
            window.run(f"sessionStorage.setItem('settings', {json.dumps(json.dumps(settings))})")
            window.open(f"{single_page}/index.html")
        window.start("manager.signinRedirect()")
        window.sign_in(username)
        window.eventually(AT_HOME)
        user: dict[str, Any] = window.call("manager.getUser()")
        return user

    return sign_in


def sign_out_elsewhere(window: Window, provider: Provider) -> None:
    """Sign out at the provider itself, in another tab."""
    with window.another_page():
        window.open(f"{provider.issuer}/account/profile/")
        window.submit("document.querySelector('form[action$=\"logout/\"]').requestSubmit()")


@pytest.mark.spec("OIDC Core", "3.1")
@pytest.mark.spec("Fetch", "CORS protocol")
def test_signs_in_by_redirects(home: Callable[..., Any], provider: Provider) -> None:
    user = home()
    assert user["profile"]["iss"] == provider.issuer
    assert user["profile"]["preferred_username"] == "ada"
    assert set(user["scope"].split()) == {"openid", "profile", "orders.read"}
    assert user["session_state"]


@pytest.mark.spec("Fetch", "CORS protocol")
def test_a_page_of_another_origin_reads_nothing(window: Window, provider: Provider) -> None:
    asked = f"fetch('{provider.discovery}').then(answer => answer.status, error => error.name)"
    assert window.call(asked) == 200
    window.open("about:blank")
    assert window.call(asked) == "TypeError"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_renews_in_a_hidden_frame(home: Callable[..., Any], window: Window) -> None:
    before = home()
    after = window.call("manager.signinSilent()")
    assert "refresh_token" not in before
    assert after["access_token"] != before["access_token"]
    assert after["profile"]["sub"] == before["profile"]["sub"]


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_a_hidden_frame_learns_that_nobody_is_signed_in(window: Window) -> None:
    asked = "manager.signinSilent().catch(error => error.error)"
    assert window.call(asked) == "login_required"


@pytest.mark.spec("OIDC Core", "12")
def test_renews_by_script(home: Callable[..., Any], window: Window) -> None:
    before = home(client_id="single-page-offline", scope="openid orders.read offline_access")
    after = window.call("manager.signinSilent()")
    assert after["access_token"] != before["access_token"]


@pytest.mark.spec("RFC 7009", "2.3")
def test_revokes_by_script(home: Callable[..., Any], window: Window) -> None:
    home(client_id="single-page-offline", scope="openid orders.read offline_access")
    window.call("manager.revokeTokens(['refresh_token'])")
    assert window.call("manager.getUser().then(user => user.refresh_token)") is None


@pytest.mark.spec("OIDC Core", "3.1.2.3")
@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_signs_in_by_a_popup(window: Window) -> None:
    window.start("manager.signinPopup({display: 'popup'})")
    with window.popup():
        window.sign_in("ada")
    window.eventually("(manager.getUser().then(user => window.found = user), !!window.found)")
    assert window.run("found.profile.preferred_username") == "ada"


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_signs_out_and_comes_back(home: Callable[..., Any], window: Window) -> None:
    home()
    window.start("manager.signoutRedirect({state: 'after'})")
    window.eventually("!!document.querySelector('a.button[href*=\"signed_out.html?state=\"]')")
    window.run("document.querySelector('a.button').click()")
    window.eventually("document.title === 'signed out'")
    assert window.call("manager.getUser()") is None
    asked = "manager.signinSilent().catch(error => error.error)"
    assert window.call(asked) == "login_required"


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
@pytest.mark.spec("OIDC Front-Channel Logout", "3")
def test_a_frame_tells_it_that_somebody_signed_out(
    home: Callable[..., Any], window: Window, provider: Provider
) -> None:
    sid = home()["profile"]["sid"]
    window.start("manager.signoutRedirect()")
    window.eventually("!!document.querySelector('a.button[href*=signed_out]')")
    # Frames are loaded before the page is: whoever leaves earlier tells nobody.
    window.eventually("document.readyState === 'complete'")
    window.run("document.querySelector('a.button').click()")
    window.eventually("document.title === 'signed out'")
    told = window.run("Object.fromEntries(new URLSearchParams(localStorage.front_channel))")
    assert told == {"sid": sid, "iss": provider.issuer}


@pytest.mark.spec("OIDC Session Management", "3.1")
@pytest.mark.spec("OIDC Session Management", "3.2")
def test_notices_a_sign_out_elsewhere(
    home: Callable[..., Any], window: Window, provider: Provider
) -> None:
    home(monitorSession=True, checkSessionIntervalInSeconds=1)
    window.eventually("!!document.querySelector('iframe[src$=\"/connect/checksession\"]')")
    window.call("new Promise(resolve => setTimeout(resolve, 2500))")
    assert window.run("noticed") == []  # unchanged, as long as nothing changes
    sign_out_elsewhere(window, provider)
    window.eventually("noticed.includes('signed out')")


@pytest.mark.spec("OIDC Session Management", "3.2")
def test_notices_that_somebody_else_has_signed_in(
    home: Callable[..., Any], window: Window, provider: Provider
) -> None:
    home(monitorSession=True, checkSessionIntervalInSeconds=1)
    sign_out_elsewhere(window, provider)
    window.eventually("noticed.includes('signed out')")
    with window.another_page():
        window.open(f"{provider.issuer}/account/profile/")
        window.sign_in("grace")
        window.eventually("location.pathname === '/account/profile/'")
    asked = "manager.querySessionStatus().then(status => status.sub)"
    assert window.call(asked) != window.call("manager.getUser().then(user => user.profile.sub)")
