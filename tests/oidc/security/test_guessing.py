"""Guessing secrets and codes ends soon, and tells nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.oidc.parties import (
    API_SECRET,
    SECRET,
    Party,
    browser,
    configure,
    machine_client,
    post_form,
)

from .surface import DEVICE_GRANT, hostile_browser

LIMIT = 5


@pytest.fixture
def limited(everybody: Party, bridge: Callable[..., None]) -> Party:
    bridge(RATE_LIMIT_PER_ADDRESS=(0, 0), RATE_LIMIT_PER_ACCOUNT=(LIMIT, 60))
    return everybody


ENDPOINTS = ["/connect/token", "/connect/revocation", "/connect/introspect",
             "/connect/deviceauthorization"]  # fmt: skip


def guess(path: str, secret: str, client_id: str = "machine", **extra: Any) -> Any:
    form = {"grant_type": "client_credentials", "token": "A", "client_id": client_id}
    visitor = hostile_browser()
    visitor.defaults |= extra
    return post_form(visitor, path, form | {"client_secret": secret})


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.spec("RFC 6749", "2.3.1")
def test_guessing_a_secret_ends_after_a_few(limited: Party, path: str) -> None:
    statuses = [guess(path, f"guess-{number}").status_code for number in range(LIMIT + 3)]
    assert statuses[:LIMIT] == [401 if "introspect" in path else 400] * LIMIT
    assert set(statuses[LIMIT:]) == {429}
    response = guess(path, SECRET)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


def test_the_endpoints_count_together(limited: Party) -> None:
    for number in range(LIMIT + 1):
        guess(ENDPOINTS[number % 3], "guess")
    assert guess("/connect/token", SECRET).status_code == 429


def test_guessing_locks_nobody_out_who_is_elsewhere(limited: Party) -> None:
    for number in range(LIMIT + 3):
        guess("/connect/token", f"guess-{number}", REMOTE_ADDR="203.0.113.9")
    assert guess("/connect/token", SECRET, REMOTE_ADDR="203.0.113.10").status_code == 200
    assert guess("/connect/token", SECRET, REMOTE_ADDR="203.0.113.9").status_code == 429


def test_an_address_header_that_nobody_trusts_hides_nobody(limited: Party) -> None:
    for number in range(LIMIT + 1):
        guess("/connect/token", "guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert guess("/connect/token", SECRET, HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_spelling_a_client_otherwise_gives_no_more_attempts(limited: Party) -> None:
    for number in range(LIMIT + 1):
        pair = b64encode(f"%6dachine:guess{number}".encode()).decode()
        post_form(
            hostile_browser(), "/connect/token", {"grant_type": "client_credentials"},
            {"authorization": f"Basic {pair}"},
        )  # fmt: skip
    assert guess("/connect/token", SECRET).status_code == 429


def test_many_right_secrets_are_no_attack(limited: Party) -> None:
    for _ in range(LIMIT * 3):
        assert guess("/connect/token", SECRET).status_code == 200


def test_an_attacker_who_goes_through_many_clients_is_stopped_before_the_answer(
    everybody: Party, bridge: Callable[..., None]
) -> None:
    """The limit of an address has to hold for the right guess too, or it stops only the wrong."""
    bridge(RATE_LIMIT_PER_ADDRESS=(LIMIT, 60), RATE_LIMIT_PER_ACCOUNT=(100, 86_400))
    for number in range(LIMIT + 3):
        guess("/connect/token", "guess", f"client-{number}")
    assert guess("/connect/token", "guess").status_code == 429
    assert guess("/connect/token", SECRET).status_code == 429


@pytest.mark.parametrize("path", ENDPOINTS)
def test_unknown_clients_and_wrong_secrets_have_one_answer(everybody: Party, path: str) -> None:
    configure(machine_client("off", enabled=False))
    answers = {
        (response.status_code, response.content, response.headers.get("WWW-Authenticate"))
        for client_id, secret in [
            ("machine", "wrong"),
            ("machine", ""),
            ("nobody", "wrong"),
            ("nobody", ""),
            ("off", SECRET),
            ("MACHINE", SECRET),
            ("off", "wrong"),
        ]
        for response in [guess(path, secret, client_id)]
    }
    assert len(answers) == 1


@pytest.mark.parametrize("name", ["orders", "unknown"])
def test_unknown_apis_and_wrong_secrets_have_one_answer(everybody: Party, name: str) -> None:
    response = guess("/connect/introspect", "wrong", name)
    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.spec("RFC 8628", "5.1")
def test_guessing_user_codes_ends_after_a_few(limited: Party) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(browser(), "/connect/deviceauthorization", form).json()
    wrong = [number for number in range(111111111, 111111130) if str(number) != device["user_code"]]
    statuses = [
        limited.browser.get("/account/device/", {"userCode": number}, secure=True).status_code
        for number in wrong[: LIMIT + 3]
    ]
    assert statuses == [200] * LIMIT + [429] * 3
    right = {"userCode": device["user_code"]}
    assert limited.browser.get("/account/device/", right, secure=True).status_code == 429
    posted = right | {"allow": "1", "scope": "openid"}
    assert limited.browser.post("/account/device/", posted, secure=True).status_code == 429


def test_user_codes_can_only_be_tried_by_who_is_signed_in(limited: Party) -> None:
    response = hostile_browser().get("/account/device/", {"userCode": "123456789"}, secure=True)
    assert response.headers["Location"].startswith("/account/login/")


@pytest.mark.spec("RFC 8628", "3.5")
def test_a_device_that_polls_too_fast_is_slowed_down(everybody: Party) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(browser(), "/connect/deviceauthorization", form).json()
    tv = Party("tv", browser=everybody.browser)
    asked = {"grant_type": DEVICE_GRANT, "device_code": device["device_code"]}
    assert tv.token(status=400, **asked)["error"] == "authorization_pending"
    assert tv.token(status=400, **asked)["error"] == "slow_down"


@pytest.mark.spec("RFC 6749", "10.10")
def test_handles_are_long_and_never_the_same(everybody: Party) -> None:
    found = {everybody.code() for _ in range(5)}
    assert len(found) == 5
    assert all(len(handle) == 66 for handle in found)
    assert API_SECRET not in found
