"""The user name and the password: what the owner changes, and what a stolen session cannot."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from identity_bridge import signals
from identity_bridge.models import User
from tests.account.conftest import LOGIN, PASSWORD, PROFILE, credentials

from .conftest import Bridge

NAME, CHANGE = "/account/user-name/", "/account/password/"
NEW = "Cedar-Velvet4417?"


def typed(current: str | None = PASSWORD, new: str = NEW) -> dict[str, str]:
    fields = {"new_password": new, "repeat": new}
    return fields if current is None else fields | {"current_password": current}


def page(client: Client, path: str, fields: Any) -> str:
    answer = client.post(path, fields)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def mine(client: Client, hamid: User) -> Client:
    assert client.post(LOGIN, credentials("hamid")).status_code == 302
    return client


@pytest.fixture
def other(hamid: User) -> Client:
    """Another session of the same user."""
    visitor = Client()
    visitor.force_login(hamid)
    return visitor


@pytest.mark.parametrize(
    "path",
    [
        "user-name",
        "email",
        "phone",
        "phone/confirm",
        "password",
        "personal-data",
        "personal-data/download",
        "delete-account",
    ],
)
def test_strangers_are_sent_to_the_login(path: str, client: Client, hamid: User) -> None:
    for answer in (client.get(f"/account/{path}/"), client.post(f"/account/{path}/")):
        assert answer["Location"] == f"{LOGIN}?next=/account/{path}/"


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("user_name", "user-name"),
        ("email", "email"),
        ("email", "email/confirm"),
        ("phone", "phone"),
        ("phone", "phone/confirm"),
        ("password", "password"),
        ("personal_data", "personal-data"),
        ("personal_data", "personal-data/download"),
        ("deletion", "delete-account"),
    ],
)
def test_a_part_that_is_off_is_not_there(
    part: str, path: str, mine: Client, bridge: Bridge
) -> None:
    bridge(ACCOUNT_DISABLED_PARTS=[part])
    assert mine.get(f"/account/{path}/").status_code == 404
    assert mine.post(f"/account/{path}/").status_code == 404
    assert f'href="/account/{path}/"' not in mine.get("/account/personal-data/").content.decode()


def test_every_form_needs_its_token(hamid: User) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(hamid)
    for path in (NAME, CHANGE, "/account/email/", "/account/phone/", "/account/delete-account/"):
        assert visitor.post(path, {}).status_code == 403, path
    assert visitor.post("/account/personal-data/download/").status_code == 403


# -- the user name --------------------------------------------------------------------------------


def test_a_new_name_keeps_this_session_and_ends_the_others(mine: Client, other: Client) -> None:
    assert 'value="hamid"' in mine.get(NAME).content.decode()
    answer = mine.post(NAME, {"user_name": "hamid.k"})
    assert answer["Location"] == NAME
    assert "signed out everywhere else" in mine.get(NAME).content.decode()
    assert other.get(PROFILE).status_code == 302
    assert User.objects.get().username == "hamid.k"
    assert mine.post(LOGIN, credentials("hamid.k")).status_code == 302


def test_the_same_name_changes_nothing(mine: Client, other: Client, hamid: User) -> None:
    assert mine.post(NAME, {"user_name": "hamid"}).status_code == 302
    assert User.objects.get().security_stamp == hamid.security_stamp
    assert other.get(PROFILE).status_code == 200


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ELENA", "Username &#x27;ELENA&#x27; is already taken."),
        ("hamid k", "is invalid, can only contain letters or digits."),
        (" hamid", "is invalid, can only contain letters or digits."),
        ("", "This field is required."),
        ("\x00", "Null characters"),
        ("x" * 100_000, "at most 256 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    name: Any, expected: str, mine: Client, elena: User
) -> None:
    assert expected in page(mine, NAME, {"user_name": name})
    assert User.objects.filter(username="hamid").exists()
    assert mine.get(PROFILE).status_code == 200


def test_names_cannot_be_tried_out_without_end(mine: Client, elena: User, bridge: Bridge) -> None:
    bridge(RATE_LIMIT_PER_ACCOUNT=(2, 86_400))
    answers = [mine.post(NAME, {"user_name": "elena"}).status_code for _attempt in range(3)]
    assert answers == [200, 200, 429]


# -- the password ---------------------------------------------------------------------------------


def test_who_knows_the_password_changes_it(mine: Client, other: Client) -> None:
    heard: list[str] = []
    signals.password_changed.connect(
        lambda method, **given: heard.append(method), weak=False, dispatch_uid=1
    )
    assert mine.post(CHANGE, typed())["Location"] == CHANGE
    signals.password_changed.disconnect(dispatch_uid=1)
    assert "signed out everywhere else" in mine.get(CHANGE).content.decode()
    assert other.get(PROFILE).status_code == 302
    assert User.objects.get().check_password(NEW)
    assert heard == ["change"]
    assert mail.outbox == [], "the address is not confirmed"


def test_the_owner_gets_a_mail_about_it(mine: Client) -> None:
    User.objects.update(email_confirmed=True)
    mine.post(CHANGE, typed())
    (message,) = mail.outbox
    assert message.to == ["Hamid@Example.test"]
    assert NEW not in message.body + message.subject


def test_a_stolen_session_cannot_guess_the_password(mine: Client) -> None:
    for _attempt in range(4):
        assert "Incorrect password." in page(mine, CHANGE, typed("wrong"))
    assert "locked until" in page(mine, CHANGE, typed("wrong"))
    assert "locked until" in page(mine, CHANGE, typed())
    assert User.objects.get().check_password(PASSWORD)


def test_a_right_password_forgets_the_wrong_ones(mine: Client) -> None:
    page(mine, CHANGE, typed("wrong"))
    assert User.objects.get().access_failed_count == 1
    mine.post(CHANGE, typed())
    assert User.objects.get().access_failed_count == 0


def test_with_a_second_factor_the_count_stays(client: Client, elena: User) -> None:
    client.force_login(elena)
    page(client, CHANGE, typed("wrong"))
    assert client.post(CHANGE, typed()).status_code == 302
    assert User.objects.get().access_failed_count == 1


def test_guesses_are_limited_in_time_too(mine: Client, bridge: Bridge) -> None:
    bridge(RATE_LIMIT_PER_ACCOUNT=(2, 86_400), LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS=99)
    answers = [mine.post(CHANGE, typed("wrong")).status_code for _attempt in range(3)]
    assert answers == [200, 200, 429]


def test_broken_rules_are_all_named_and_cost_no_attempt(mine: Client) -> None:
    text = page(mine, CHANGE, typed("wrong", "a"))
    assert "must be at least 6 characters" in text
    assert "at least one uppercase" in text
    assert User.objects.get().access_failed_count == 0
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"current_password": PASSWORD},
        typed(None),
        typed("\x00"),
        typed(PASSWORD, "x" * 1_100_000),
    ],
)
def test_no_input_is_an_error_or_a_change(fields: Any, mine: Client) -> None:
    text = page(mine, CHANGE, fields)
    assert PASSWORD not in text
    assert User.objects.get().check_password(PASSWORD)


def test_somebody_without_a_password_sets_one(client: Client, hamid: User) -> None:
    User.objects.update(password=None)
    hamid.refresh_from_db()
    client.force_login(hamid)
    assert "Present password" not in client.get(CHANGE).content.decode()
    assert client.post(CHANGE, typed(None))["Location"] == CHANGE
    assert "Present password" in client.get(CHANGE).content.decode()
    assert User.objects.get().check_password(NEW)
