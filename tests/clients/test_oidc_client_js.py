"""``oidc-client`` 1.x, which is no longer maintained and still in many applications: those that
were written for IdentityServer4 have it, with the implicit flow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .browser import Window, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]
AT_HOME = "location.pathname === '/legacy/index.html' && document.readyState === 'complete'"
IMPLICIT = {"client_id": "single-page-implicit", "response_type": "id_token token"}


@pytest.fixture
def home(window: Window, single_page: str) -> Callable[..., dict[str, Any]]:
    """Return what signs Ada in by redirects; the user that the application has then."""

    def sign_in(**settings: Any) -> dict[str, Any]:
        window.open(f"{single_page}/legacy/index.html")
        window.run(f"sessionStorage.setItem('settings', {json.dumps(json.dumps(settings))})")
        window.open(f"{single_page}/legacy/index.html")
        window.start("manager.signinRedirect()")
        window.sign_in("ada")
        window.eventually(AT_HOME)
        user: dict[str, Any] = window.call("manager.getUser()")
        return user

    return sign_in


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, marks=pytest.mark.spec("OIDC Core", "3.1"), id="code"),
        pytest.param(IMPLICIT, marks=pytest.mark.spec("OIDC Core", "3.2"), id="implicit"),
    ],
)
def test_signs_in_and_renews(
    home: Callable[..., Any], window: Window, settings: dict[str, str]
) -> None:
    before = home(**settings)
    after = window.call("manager.signinSilent()")
    assert before["profile"]["preferred_username"] == "ada"
    assert after["profile"]["sub"] == before["profile"]["sub"]
    assert after["access_token"] != before["access_token"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_signs_in_by_a_popup(window: Window, single_page: str) -> None:
    window.open(f"{single_page}/legacy/index.html")
    window.start("manager.signinPopup().then(user => window.found = user)")
    with window.popup():
        window.sign_in("ada")
    window.eventually("!!window.found", seconds=5)
    assert window.run("found.profile.preferred_username") == "ada"
