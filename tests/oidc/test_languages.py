"""A client wishes for the language of the pages."""

from __future__ import annotations

from typing import Any

import pytest

from .parties import Party

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"


@pytest.fixture(autouse=True)
def shown_as_wished(settings: Any) -> None:
    middleware = list(settings.MIDDLEWARE)
    place = middleware.index(SESSIONS) + 1
    settings.MIDDLEWARE = [
        *middleware[:place],
        "django.middleware.locale.LocaleMiddleware",
        *middleware[place:],
    ]


pytestmark = pytest.mark.spec("OIDC Core", "3.1.2.1")


@pytest.mark.parametrize(
    ("wish", "shown"),
    [("xx de-CH fr", "de"), ("pt-BR", "pt-br"), ("klingon", "en"), ("", "en")],
)
def test_the_pages_have_the_first_language_there_is(web: Party, wish: str, shown: str) -> None:
    web.browser.logout()
    response = web.authorize(ui_locales=wish)
    page = web.browser.get(response.headers["Location"], secure=True)
    assert f'<html lang="{shown}"' in page.content.decode()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_so_have_the_pages_of_a_sign_out(web: Party) -> None:
    page = web.browser.get("/connect/endsession", {"ui_locales": "de"}, secure=True, follow=True)
    assert '<html lang="de"' in page.content.decode()


@pytest.mark.parametrize("wish", ["../../etc/passwd", "de;path=/", "\x00", "a" * 100, "-", "de_DE"])
def test_nothing_but_a_language_gets_into_the_cookie(web: Party, settings: Any, wish: str) -> None:
    web.browser.logout()
    response = web.authorize(ui_locales=wish)
    assert response.status_code == 302
    cookie = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    assert cookie is None or cookie.value in dict(settings.LANGUAGES)


@pytest.mark.parametrize("wish", ["de " * 40, "x" * 5000])
def test_a_wish_too_long_keeps_nobody_from_signing_out(web: Party, wish: str) -> None:
    page = web.browser.get("/connect/endsession", {"ui_locales": wish}, secure=True, follow=True)
    assert "Do you want to sign out" in page.content.decode()


def test_a_project_without_translations_sets_no_cookie(web: Party, settings: Any) -> None:
    settings.USE_I18N = False
    web.browser.logout()
    assert settings.LANGUAGE_COOKIE_NAME not in web.authorize(ui_locales="de").cookies
