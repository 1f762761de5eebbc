"""Switching the second factor on and off, recovery codes, and remembered browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.dispatch import Signal
from django.test import Client

from identity_bridge import signals
from identity_bridge.models import User
from identity_bridge.signin import remembered_browser
from identity_bridge.users.recovery_codes import count_recovery_codes
from tests.account.conftest import LOGIN, PROFILE, code_now, credentials

PAGE = "/account/second-factor/"
SWITCH, CODES, FORGET = f"{PAGE}switch/", f"{PAGE}recovery-codes/", f"{PAGE}forget-browser/"
PAGES = (PAGE, SWITCH, CODES, FORGET, f"{PAGE}authenticator/")


@pytest.fixture
def heard() -> Any:
    """The names of the signals sent."""
    names = {name: value for name, value in vars(signals).items() if isinstance(value, Signal)}
    found: list[str] = []
    receivers = []
    for name, signal in names.items():

        def receive(sender: Any, name: str = name, **kwargs: Any) -> None:
            found.append(name)

        signal.connect(receive)
        receivers.append((signal, receive))
    yield found
    for signal, receive in receivers:
        signal.disconnect(receive)


@pytest.fixture
def inside(client: Client, elena: User) -> Client:
    """Elena, signed in by both steps, in a browser that is remembered."""
    client.post(LOGIN, credentials("elena"))
    client.post("/account/two-factor/", {"code": code_now(), "remember_browser": "on"})
    return client


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_the_login(client: Client, db: Any, page: str) -> None:
    for answer in (client.get(page), client.post(page)):
        assert answer.status_code == 405 or answer["Location"].startswith(LOGIN)


@pytest.mark.parametrize("page", PAGES)
def test_the_part_can_be_switched_off(
    client: Client, hamid: User, settings: Any, page: str
) -> None:
    settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": ["second_factor"]}
    client.force_login(hamid)
    assert client.post(page).status_code in (404, 405)
    assert client.get(page).status_code in (404, 405)


def test_switching_off_leaves_the_password_alone_in_charge(
    inside: Client, elena: User, heard: list[str]
) -> None:
    answer = inside.post(SWITCH, {"enabled": "0"}, follow=True)
    assert "The second factor is off." in answer.content.decode()
    elena.refresh_from_db()
    assert not elena.two_factor_enabled
    assert "second_factor_switched" in heard
    assert inside.get(PROFILE).status_code == 200
    assert Client().post(LOGIN, credentials("elena"))["Location"] == PROFILE


def test_it_can_only_be_switched_on_where_something_can_be_asked_for(
    client: Client, hamid: User
) -> None:
    client.force_login(hamid)
    answer = client.post(SWITCH, {"enabled": "1"}, follow=True)
    assert "This could not be done." in answer.content.decode()
    hamid.refresh_from_db()
    assert not hamid.two_factor_enabled
    hamid.email_confirmed = True
    hamid.save()
    answer = client.post(SWITCH, {"enabled": "1"})
    assert len(re.findall(r"<code>[2-9A-Z]{5}-[2-9A-Z]{5}</code>", answer.content.decode())) == 10
    hamid.refresh_from_db()
    assert hamid.two_factor_enabled


def test_a_number_is_no_way_where_no_text_messages_are_sent(client: Client, hamid: User) -> None:
    hamid.phone_number, hamid.phone_number_confirmed = "+15551234567", True
    hamid.save()
    client.force_login(hamid)
    client.post(SWITCH, {"enabled": "1"})
    hamid.refresh_from_db()
    assert not hamid.two_factor_enabled


def test_new_recovery_codes_void_the_old_ones(
    inside: Client, elena: User, heard: list[str]
) -> None:
    stamp = User.objects.get(pk=elena.pk).security_stamp
    assert "Make new recovery codes" in inside.get(CODES).content.decode()
    assert count_recovery_codes(user=elena) == 2
    text = inside.post(CODES).content.decode()
    codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", text)
    assert count_recovery_codes(user=elena) == len(codes) == 10
    assert all(f"%0A{code}" in text for code in codes)
    assert "recovery_codes_generated" in heard
    # As .NET: the stamp stays, and with it the other sessions.
    assert User.objects.get(pk=elena.pk).security_stamp == stamp
    again = inside.get(CODES).content.decode()
    assert not any(code in again for code in codes)


def test_there_are_no_recovery_codes_without_a_second_factor(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    assert client.post(CODES)["Location"] == PAGE
    assert count_recovery_codes(user=hamid) == 0


def test_a_browser_can_be_forgotten(inside: Client, elena: User, heard: list[str]) -> None:
    assert remembered_browser.COOKIE_NAME in inside.cookies
    assert "Ask for a code here, too" in inside.get(PAGE).content.decode()
    inside.post(FORGET)
    assert inside.cookies[remembered_browser.COOKIE_NAME].value == ""
    assert "browser_forgotten" in heard
    assert "Ask for a code here, too" not in inside.get(PAGE).content.decode()


def test_few_codes_are_pointed_out(inside: Client) -> None:
    assert "You have 2 recovery codes left." in inside.get(PAGE).content.decode()


def test_nothing_changes_without_a_token_against_forgery(elena: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(elena)
    for page in (SWITCH, CODES, FORGET, f"{PAGE}authenticator/"):
        assert strict.post(page, {"enabled": "0"}).status_code == 403
    elena.refresh_from_db()
    assert elena.two_factor_enabled


def test_the_page_costs_few_statements(inside: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        inside.get(PAGE)
