"""The pages of the provider in German."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.models import User
from tests.account.surface import addresses
from tests.page_texts import check_german

from .parties import SECRET, Party, configure, post_form, web_client

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(autouse=True)
def in_two_languages(settings: Any) -> None:
    middleware = [*settings.MIDDLEWARE]
    middleware.insert(1, "django.middleware.locale.LocaleMiddleware")
    settings.MIDDLEWARE = middleware
    settings.LANGUAGES = [("en", "English"), ("de", "German")]


@pytest.fixture
def ada(user: User) -> Party:
    configure(
        web_client(
            "asks",
            client_name="",
            require_consent=True,
            allowed_grant_types=["authorization_code", DEVICE],
            initiate_login_uri="https://app.example.org/start",
        )
    )
    party = Party("asks")
    party.sign_in("ada")
    return party


@pytest.mark.parametrize("name", addresses())
def test_a_page_speaks_german(ada: Party, name: str) -> None:
    check_german(ada.browser, addresses()[name])


def test_consent_is_asked_for_in_german(ada: Party) -> None:
    question = ada.authorize(scope="orders.read offline_access", ui_locales="")
    names = {"Read orders"}
    assert check_german(ada.browser, question.headers["Location"], names=names) > 5


def test_a_device_is_connected_in_german(ada: Party) -> None:
    form = {"client_id": "asks", "client_secret": SECRET, "scope": "orders.read"}
    code = post_form(ada.browser, "/connect/deviceauthorization", form).json()["user_code"]
    names = {"Read orders", code}
    found = check_german(ada.browser, f"/account/device/?userCode={code}", names=names)
    assert found > 5


def test_an_error_is_told_in_german(ada: Party) -> None:
    answer = ada.authorize(scope="everything")
    assert check_german(ada.browser, answer.headers["Location"], names={"Invalid scope"}) > 5


def test_applications_are_shown_in_german(ada: Party) -> None:
    configure()
    Party(browser=ada.browser).tokens(scope="openid offline_access")
    assert check_german(ada.browser, addresses()["applications"], names={"openid"}) > 5
