"""Apps whose answers go to a scheme of their own: the browser stays, on a page that says so."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER
from tests.account.conftest import KEY, code_now, wrong_code
from tests.account.test_every_page import check

from .parties import PASSWORD, Party, configure, web_client

APP = "org.example.app:/callback"
pytestmark = pytest.mark.spec("RFC 8252", "7.1")


def app(user: User, **changes: Any) -> Party:
    configure(
        web_client(
            "app",
            client_name="The <App>",
            redirect_uris=[APP],
            post_logout_redirect_uris=[],
            **changes,
        )
    )
    return Party("app")


def asked(party: Party) -> str:
    """Ask for a code; the address on this site that comes next."""
    return str(party.authorize(redirect_uri=APP).headers["Location"])


def way_on(page: Any) -> str:
    """Return where the page that stays leads, by itself and by its link."""
    assert page.status_code == 200
    check(page)
    text = page.content.decode()
    assert "The &lt;App&gt; opens now." in text
    (by_itself,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]*)">', text)
    assert f'<a href="{by_itself}">' in text
    assert unescape(by_itself).startswith("/connect/authorize/callback?")
    return unescape(by_itself)


def answer(party: Party, target: str) -> str:
    response = party.browser.get(target, secure=True)
    assert response.status_code in (302, 303)
    return str(response.headers["Location"])


def test_after_the_sign_in_a_page_stays(user: User) -> None:
    party = app(user)
    target = asked(party)
    form = {"username": "ada", "password": PASSWORD}
    page = party.browser.post(target, form, secure=True)
    assert answer(party, way_on(page)).startswith(f"{APP}?code=")


def test_after_the_second_step_a_page_stays(user: User) -> None:
    User.objects.update(two_factor_enabled=True)
    UserToken.objects.create(
        user=user, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY, value=KEY
    )
    party = app(user)
    form = {"username": "ada", "password": PASSWORD}
    second = party.browser.post(asked(party), form, secure=True).headers["Location"]
    wrong = party.browser.post(second, {"code": wrong_code()}, secure=True)
    assert "This code is not right" in wrong.content.decode()
    page = party.browser.post(second, {"code": code_now()}, secure=True)
    assert answer(party, way_on(page)).startswith(f"{APP}?code=")


def test_cancelling_leads_there_too(user: User) -> None:
    party = app(user)
    page = party.browser.post(asked(party), {"cancel": "1"}, secure=True)
    assert answer(party, way_on(page)).startswith(f"{APP}?error=access_denied")


@pytest.mark.parametrize(("button", "found"), [("allow", "code="), ("deny", "error=access_denied")])
def test_after_the_consent_a_page_stays(user: User, button: str, found: str) -> None:
    party = app(user, require_consent=True)
    party.sign_in("ada")
    question = asked(party)
    (back,) = parse_qs(urlsplit(question).query)["next"]
    form = {button: "1", "scope": ["openid", "profile"], "next": back}
    page = party.browser.post(question, form, secure=True)
    assert answer(party, way_on(page)).startswith(f"{APP}?{found}")


def test_who_is_signed_in_already_sees_no_page(user: User) -> None:
    party = app(user)
    party.sign_in("ada")
    assert asked(party).startswith(f"{APP}?code=")
