"""The cookie that an iframe of another site reads."""

from __future__ import annotations

import pytest

from identity_bridge.oidc.models import UserSession

from .parties import REDIRECT_URI, Party

NAME = "idsrv.session"


@pytest.mark.spec("OIDC Session Management", "3.2")
def test_browsers_send_it_to_iframes_of_other_sites_and_scripts_read_it(web: Party) -> None:
    web.tokens()
    cookie = web.browser.cookies[NAME]
    assert cookie.value == UserSession.objects.get().session_id
    assert cookie["samesite"] == "None"
    assert cookie["secure"]
    assert not cookie["httponly"]
    assert cookie["max-age"] == ""


def test_without_https_it_is_one_that_browsers_take(web: Party) -> None:
    """They drop SameSite=None that is not Secure."""
    asked = {
        "client_id": "web",
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
    }
    assert "code=" in web.browser.get("/connect/authorize", asked).headers["Location"]
    cookie = web.browser.cookies[NAME]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
