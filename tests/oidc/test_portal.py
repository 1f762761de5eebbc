"""The page that starts applications, and the logos that pages show."""

from __future__ import annotations

import pytest

from identity_bridge.account.content_security import HEADER
from identity_bridge.models import User
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import Client

from .parties import HOST, Party, configure, post_form, web_client

PAGE = "/account/portal/"


def spoil(client_id: str, **columns: str) -> None:
    """Write past configuration and admin, which refuse such addresses."""
    Client.objects.filter(application__client_id=client_id).update(**columns)
    store.forget()


@pytest.fixture
def ada(user: User) -> Party:
    configure(
        web_client("shop", client_name="Shop", initiate_login_uri="https://shop.example/start?x=1"),
        web_client("off", enabled=False, initiate_login_uri="https://off.example/"),
        web_client("odd"),
        web_client("plain"),
    )
    spoil("odd", initiate_login_uri="javascript:alert(1)")
    party = Party("shop")
    party.sign_in("ada")
    return party


@pytest.mark.spec("OIDC-Core", "4")
def test_clients_that_say_where_they_begin_are_listed(ada: Party) -> None:
    page = ada.browser.get(PAGE, secure=True)
    (one,) = page.context["starts"]
    assert one.url == f"https://shop.example/start?x=1&iss=https%3A%2F%2F{HOST}"
    text = page.content.decode()
    assert 'href="https://shop.example/start?x=1&amp;iss=' in text
    assert "javascript:" not in text


def test_the_menu_has_it_only_where_there_is_something_to_start(ada: Party) -> None:
    assert PAGE in ada.browser.get("/account/profile/", secure=True).content.decode()
    spoil("shop", initiate_login_uri="")
    assert PAGE not in ada.browser.get("/account/profile/", secure=True).content.decode()
    text = ada.browser.get(PAGE, secure=True).content.decode()
    assert "No application can be started from here." in text


def test_strangers_are_sent_to_the_login(db: None) -> None:
    assert Party().browser.get(PAGE, secure=True).headers["Location"].startswith("/account/login")


def test_a_logo_is_shown_and_no_other_site_may_show_one(user: User) -> None:
    configure(
        web_client("logo", require_consent=True, logo_uri="https://pictures.example/a.png"),
        web_client("evil", require_consent=True),
    )
    spoil("evil", logo_uri="javascript:alert(1)")
    party = Party("logo")
    login = party.browser.get(party.authorize().headers["Location"], secure=True)
    assert '<img class="logo" src="https://pictures.example/a.png"' in login.content.decode()
    assert "img-src 'self' data: https://pictures.example;" in login[HEADER]
    party.sign_in("ada")
    page = party.browser.get(party.authorize().headers["Location"], secure=True)
    assert '<img class="logo" src="https://pictures.example/a.png"' in page.content.decode()
    assert "img-src 'self' data: https://pictures.example;" in page[HEADER]
    evil = Party("evil", browser=party.browser)
    page = party.browser.get(evil.authorize().headers["Location"], secure=True)
    assert "javascript" not in page.content.decode()
    assert "img-src 'self' data:;" in page[HEADER]


def test_a_form_of_another_site_finds_the_session(ada: Party) -> None:
    form = {
        "client_id": "shop",
        "redirect_uri": "https://app.example.org/callback",
        "response_type": "code",
        "scope": "openid",
    }
    cookies = ada.browser.cookies.copy()
    ada.browser.cookies.clear()  # what a browser does with a cookie that is SameSite=Lax
    headers = {"sec-fetch-site": "cross-site"}
    answer = post_form(ada.browser, "/connect/authorize", form, headers)
    assert answer.status_code == 303
    ada.browser.cookies = cookies
    again = ada.browser.get(answer.headers["Location"], secure=True)
    assert "code=" in again.headers["Location"]
    ada.browser.cookies.clear()
    answer = post_form(ada.browser, "/connect/authorize", form)
    assert answer.headers["Location"].startswith("/account/login/")
    large = form | {"state": "x" * 20_000}
    answer = post_form(ada.browser, "/connect/authorize", large, headers)
    assert answer.status_code == 302
    answer = post_form(ada.browser, "/connect/authorize", {"\0": "x"}, headers)
    assert answer.status_code == 302
