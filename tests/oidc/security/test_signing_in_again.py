"""``prompt=login`` and ``max_age``: a client that wants to see its user again does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from identity_bridge.models import User
from tests.oidc.parties import PASSWORD, REDIRECT_URI, Party, answer_of

from .test_consent_binding import way_back

HOURS = 7200


@pytest.mark.parametrize(
    "parameters",
    [
        {"prompt": "login", "suppressed_prompt": "login"},
        {"prompt": "login consent", "suppressed_prompt": "login consent"},
        {"prompt": "login", "suppressed_prompt": "login max_age"},
        {"max_age": "0", "suppressed_max_age": "0"},
        {"max_age": "60", "suppressed_max_age": "60"},
        {"max_age": "60", "suppressed_prompt": "max_age"},
        {"prompt": "login", "max_age": "60", "suppressed_prompt": "login max_age",
         "suppressed_max_age": "60"},
    ],
)  # fmt: skip
@pytest.mark.spec("OIDC Core", "3.1.2.3")
def test_a_parameter_alone_is_no_sign_in(
    everybody: Party, time_machine: Any, parameters: dict[str, str]
) -> None:
    time_machine.move(HOURS)
    for name in ("/connect/authorize", "/connect/authorize/callback"):
        query = {
            "client_id": "web",
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid",
        } | parameters
        response = everybody.browser.get(f"{name}?{urlencode(query)}", secure=True)
        assert response.headers["Location"].startswith("/account/login/")


@pytest.mark.spec("OIDC Core", "3.1.2.3")
def test_going_back_without_signing_in_asks_again(everybody: Party, time_machine: Any) -> None:
    time_machine.move(HOURS)
    back = way_back(everybody.authorize(prompt="login"))
    time_machine.move(1)
    response = everybody.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/login/")


def test_signing_in_is_the_answer(everybody: Party, time_machine: Any) -> None:
    time_machine.move(HOURS)
    back = way_back(everybody.authorize(prompt="login"))
    time_machine.move(1)
    everybody.sign_in("ada")
    assert answer_of(everybody.browser.get(back, secure=True))["code"]


def test_an_answer_is_not_good_for_the_same_request_hours_later(
    everybody: Party, time_machine: Any
) -> None:
    """Whoever finds the browser open, and the address in its history, has not signed in."""
    back = way_back(everybody.authorize(prompt="login"))
    time_machine.move(1)
    everybody.sign_in("ada")
    assert answer_of(everybody.browser.get(back, secure=True))["code"]
    time_machine.move(HOURS)
    response = everybody.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/login/")


def test_an_answer_is_good_once(everybody: Party, time_machine: Any) -> None:
    back = way_back(everybody.authorize(prompt="login"))
    time_machine.move(1)
    everybody.sign_in("ada")
    assert answer_of(everybody.browser.get(back, secure=True))["code"]
    response = everybody.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/login/")


def test_a_sign_in_of_minutes_ago_is_no_answer_to_a_question_nobody_was_asked(
    everybody: Party, time_machine: Any
) -> None:
    """``max_age=60`` is broken by 240 seconds, only because the parameter says it was answered."""
    time_machine.move(240)
    response = everybody.authorize(max_age="60", suppressed_max_age="60")
    assert response.headers["Location"].startswith("/account/login/")


@pytest.mark.spec("OIDC Core", "3.1.2.3")
def test_a_silent_request_never_shows_a_page(everybody: Party, time_machine: Any) -> None:
    time_machine.move(HOURS)
    for parameters in ({"max_age": "0"}, {"max_age": "60", "suppressed_max_age": "61"}):
        answer = answer_of(everybody.authorize(prompt="none", **parameters))
        assert answer["error"] == "login_required"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_hint_at_another_person_is_heard(everybody: Party) -> None:
    hint = everybody.tokens()["id_token"]
    User.objects.create_user("bob", None, PASSWORD)
    everybody.sign_in("bob")
    answer = answer_of(everybody.authorize(prompt="none", id_token_hint=hint))
    assert answer["error"] == "login_required"
