"""The second step: the app's code, recovery codes, and a browser that is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import RECOVERY_CODES
from identity_bridge.signin.two_factor_session import SESSION_KEY

from .conftest import (
    KEY,
    LOGIN,
    PROFILE,
    RECOVERY,
    TWO_FACTOR,
    code_now,
    credentials,
    wrong_code,
)

STEPS = [TWO_FACTOR, RECOVERY]


@pytest.fixture
def half(client: Client, elena: User) -> Client:
    """A browser in which elena's password was right."""
    answer = client.post(LOGIN, credentials("elena"))
    assert answer["Location"] == TWO_FACTOR
    assert client.get(PROFILE).status_code == 302
    return client


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.3}"])
def test_the_code_of_the_app_completes_the_sign_in(half: Client, typed: str) -> None:
    code = code_now()
    shown = f"{code[:3]} {code[3:]}" if "." in typed else typed.format(code)
    answer = half.post(TWO_FACTOR, {"code": shown})
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    assert half.get(PROFILE).status_code == 200


def test_a_code_works_once(half: Client, elena: User) -> None:
    code = code_now()
    assert half.post(TWO_FACTOR, {"code": code}).status_code == 302
    other = Client()
    other.post(LOGIN, credentials("elena"))
    assert "not right" in other.post(TWO_FACTOR, {"code": code}).content.decode()


@pytest.mark.parametrize("code", ["7DGWX-NFYY3", " 0a1b2c3d "])
def test_a_recovery_code_completes_the_sign_in_once(half: Client, code: str) -> None:
    answer = half.post(RECOVERY, {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    stored = UserToken.objects.get(name=RECOVERY_CODES).value or ""
    assert code.strip() not in stored
    other = Client()
    other.post(LOGIN, credentials("elena"))
    assert other.post(RECOVERY, {"code": code}).status_code == 200


@pytest.mark.parametrize("page", STEPS)
@pytest.mark.parametrize("code", ["", "\x00", "9" * 100_000, "٣٣٣٣٣٣", b"\xff", "-1", ";"])
def test_bad_input_is_a_wrong_code(half: Client, page: str, code: Any) -> None:
    answer = half.post(page, {"code": code})
    assert answer.status_code == 200
    assert "not right" in answer.content.decode()
    assert half.get(PROFILE).status_code == 302


@pytest.mark.parametrize("page", STEPS)
def test_nobody_begins_in_the_middle(client: Client, elena: User, page: str) -> None:
    for answer in (client.get(page), client.post(page, {"code": code_now()})):
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "Please sign in again" in client.get(LOGIN).content.decode()


@pytest.mark.parametrize("page", [*STEPS, "/account/send-code/"])
@pytest.mark.parametrize(
    "change",
    ["x", 5, [], {}, {"user": 1}, {"user": "\x00"}, {"user": "\ud800"}, {"hash": None},
     {"hash": "é"}, {"at": "x"}, {"at": 10**400}, {"at": -(10**400)}, {"wrong": "x"}],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_a_session_of_another_version_begins_again(half: Client, page: str, change: Any) -> None:
    session = half.session
    kept = session[SESSION_KEY]
    session[SESSION_KEY] = kept | change if isinstance(change, dict) and change else change
    session.save()
    for answer in (half.get(page), half.post(page, {"code": wrong_code(), "way": "Email"})):
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)


@pytest.mark.parametrize("sent", ["x", [], None])
def test_a_number_of_messages_that_is_none_counts_as_none(half: Client, sent: Any) -> None:
    User.objects.update(email="e@example.test", email_confirmed=True)
    session = half.session
    session[SESSION_KEY] |= {"sent": sent}
    session.save()
    assert half.get(TWO_FACTOR).status_code == 200
    half.post("/account/send-code/", {"way": "Email"})
    assert half.session[SESSION_KEY]["sent"] == 1


def test_wrong_codes_lock_the_account(half: Client, elena: User) -> None:
    for _attempt in range(4):
        assert "not right" in half.post(TWO_FACTOR, {"code": wrong_code()}).content.decode()
    page = half.post(TWO_FACTOR, {"code": wrong_code()}).content.decode()
    assert "This account is locked until" in page
    assert half.post(TWO_FACTOR, {"code": code_now()}).status_code == 200
    assert half.get(PROFILE).status_code == 302


def test_ten_wrong_recovery_codes_lead_back_to_the_password(half: Client) -> None:
    for _attempt in range(9):
        assert half.post(RECOVERY, {"code": "WRONG-WRONG"}).status_code == 200
    answer = half.post(RECOVERY, {"code": "WRONG-WRONG"})
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)


def test_a_remembered_browser_skips_the_second_step(half: Client) -> None:
    half.post(TWO_FACTOR, {"code": code_now(), "remember_browser": "on"})
    half.post("/account/logout/")
    assert half.post(LOGIN, credentials("elena"))["Location"] == PROFILE
    stranger = Client()
    assert stranger.post(LOGIN, credentials("elena"))["Location"] == TWO_FACTOR


def test_where_to_go_and_how_long_to_stay_survive_the_second_step(
    client: Client, elena: User
) -> None:
    wanted = credentials("elena", remember_me="on", next="/account/?x=1")
    address = client.post(LOGIN, wanted)["Location"]
    assert address == f"{TWO_FACTOR}?remember_me=1&next=%2Faccount%2F%3Fx%3D1"
    page = client.get(address).content.decode()
    assert f"{RECOVERY}?remember_me=1&amp;next=%2Faccount%2F%3Fx%3D1" in page
    answer = client.post(address, {"code": code_now()})
    assert answer["Location"] == "/account/?x=1"
    assert not client.session.get_expire_at_browser_close()


def test_where_to_go_stays_on_this_site(half: Client) -> None:
    evil = {"code": code_now(), "next": "https://evil.example/"}
    assert half.post(f"{TWO_FACTOR}?next=//evil.example", evil)["Location"] == PROFILE


def test_too_many_codes_are_answered_with_429(half: Client, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (1, 86_400)}
    half.post(TWO_FACTOR, {"code": wrong_code()})
    answer = half.post(TWO_FACTOR, {"code": wrong_code()})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1


def test_the_pages_show_no_secret(half: Client, elena: User) -> None:
    pages = [half.get(page).content.decode() for page in STEPS]
    half.post(TWO_FACTOR, {"code": code_now()})
    pages.append(half.get(PROFILE).content.decode())
    for page in pages:
        for secret in (KEY, "7DGWX-NFYY3", elena.security_stamp or "", elena.password):
            assert secret not in page
