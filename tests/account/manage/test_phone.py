"""The telephone number: with text messages it is proved by a code, without it is only kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from identity_bridge import signals
from identity_bridge.account.manage.phone import SESSION_KEY
from identity_bridge.adapter import IdentityAdapter
from identity_bridge.models import User
from identity_bridge.signin import clock
from tests.account.conftest import PROFILE

from .conftest import Bridge

PHONE, CONFIRM = "/account/phone/", "/account/phone/confirm/"
NUMBER = "+1 555 405-3501"


class TextingAdapter(IdentityAdapter):
    can_send_sms = True
    sent: list[tuple[Any, str]] = []

    def send_sms(self, *, user: Any, message: str, number: str | None = None) -> None:
        self.sent.append((number, message))


class RefusingAdapter(IdentityAdapter):
    can_send_sms = True

    def send_sms(self, *, user: Any, message: str, number: str | None = None) -> None:
        raise OSError(f"no way to {number}: {message}")


@pytest.fixture
def mine(client: Client, hamid: User) -> Client:
    client.force_login(hamid)
    return client


@pytest.fixture
def texts(bridge: Bridge) -> list[tuple[Any, str]]:
    bridge(ADAPTER="tests.account.manage.test_phone.TextingAdapter")
    TextingAdapter.sent.clear()
    return TextingAdapter.sent


def stored() -> tuple[str | None, bool]:
    user = User.objects.get()
    return user.phone_number, user.phone_number_confirmed


def code_of(texts: list[tuple[Any, str]]) -> str:
    found = re.search(r"\d{6}", texts[-1][1])
    assert found is not None
    return found[0]


def unlike(code: str) -> str:
    return next(other for other in ("000000", "111111") if other != code)


def test_without_text_messages_a_number_is_kept_unconfirmed(mine: Client, hamid: User) -> None:
    other = Client()
    other.force_login(hamid)
    assert "cannot confirm it" in mine.get(PHONE).content.decode()
    assert mine.post(PHONE, {"number": NUMBER})["Location"] == PHONE
    assert stored() == (NUMBER, False)
    assert mine.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302


def test_a_number_that_stays_keeps_its_tick(mine: Client, hamid: User) -> None:
    User.objects.update(phone_number=NUMBER, phone_number_confirmed=True)
    mine.post(PHONE, {"number": NUMBER})
    assert stored() == (NUMBER, True)
    assert User.objects.get().security_stamp == hamid.security_stamp


def test_a_number_is_removed(mine: Client) -> None:
    heard: list[Any] = []
    signals.phone_number_changed.connect(
        lambda user, **given: heard.append(user.phone_number), weak=False, dispatch_uid=1
    )
    User.objects.update(phone_number=NUMBER, phone_number_confirmed=True)
    assert mine.post(PHONE, {"remove": "1"})["Location"] == PHONE
    signals.phone_number_changed.disconnect(dispatch_uid=1)
    assert stored() == (None, False)
    assert heard == [None]


def test_with_text_messages_the_code_makes_it_ones_own(
    mine: Client, texts: list[tuple[Any, str]]
) -> None:
    assert mine.post(PHONE, {"number": NUMBER})["Location"] == CONFIRM
    assert texts[0][0] == NUMBER
    assert stored() == (None, False), "not before the code"
    assert NUMBER in mine.get(CONFIRM).content.decode()
    code = code_of(texts)
    assert "not right" in mine.post(CONFIRM, {"code": unlike(code)}).content.decode()
    answer = mine.post(CONFIRM, {"code": f"{code[:3]} {code[3:]}"})
    assert answer["Location"] == PHONE
    assert stored() == (NUMBER, True)
    assert mine.get(PROFILE).status_code == 200
    assert mine.post(CONFIRM, {"code": code})["Location"] == PHONE


def test_an_unconfirmed_number_can_still_be_confirmed(
    mine: Client, texts: list[tuple[Any, str]]
) -> None:
    User.objects.update(phone_number=NUMBER)
    assert mine.post(PHONE, {"number": NUMBER})["Location"] == CONFIRM
    mine.post(CONFIRM, {"code": code_of(texts)})
    assert stored() == (NUMBER, True)


def test_a_code_can_be_guessed_only_a_few_times(mine: Client, texts: list[tuple[Any, str]]) -> None:
    mine.post(PHONE, {"number": NUMBER})
    wrong = {"code": unlike(code_of(texts))}
    answers = [mine.post(CONFIRM, wrong).status_code for _attempt in range(6)]
    assert answers == [200] * 5 + [302]
    assert mine.post(CONFIRM, {"code": code_of(texts)})["Location"] == PHONE
    assert stored() == (None, False)


def test_a_code_is_for_one_number(mine: Client, texts: list[tuple[Any, str]]) -> None:
    mine.post(PHONE, {"number": NUMBER})
    first = code_of(texts)
    mine.post(PHONE, {"number": "+1 555 000"})
    if first != code_of(texts):
        assert "not right" in mine.post(CONFIRM, {"code": first}).content.decode()


def test_a_number_does_not_wait_for_ever(
    mine: Client, texts: list[tuple[Any, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.post(PHONE, {"number": NUMBER})
    later = clock.now() + 601
    monkeypatch.setattr(clock, "now", lambda: later)
    assert mine.get(CONFIRM)["Location"] == PHONE
    assert mine.post(CONFIRM, {"code": code_of(texts)})["Location"] == PHONE


@pytest.mark.parametrize(
    "garbage",
    ["x", [1], {}, {"number": 1}, {"number": None}, {"at": "x"}, {"at": -(10**400)},
     {"wrong": "x"}],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_a_session_of_another_version_begins_again(
    mine: Client, texts: list[tuple[Any, str]], garbage: Any
) -> None:
    mine.post(PHONE, {"number": NUMBER})
    session = mine.session
    kept = session[SESSION_KEY]
    session[SESSION_KEY] = kept | garbage if isinstance(garbage, dict) and garbage else garbage
    session.save()
    assert mine.get(CONFIRM)["Location"] == PHONE
    session[SESSION_KEY] = kept | garbage if isinstance(garbage, dict) and garbage else garbage
    session.save()
    assert mine.post(CONFIRM, {"code": code_of(texts)})["Location"] == PHONE


def test_text_messages_are_limited(mine: Client, elena: User, texts: list[tuple[Any, str]]) -> None:
    second = Client()
    second.force_login(elena)
    # However it is written, it is one number.
    for number in (NUMBER, "+1(555)4053501", NUMBER) * 3:
        mine.post(PHONE, {"number": number})
    assert len(texts) == 5
    assert "No more codes" in second.post(PHONE, {"number": NUMBER}).content.decode()
    assert len(texts) == 5


def test_a_message_that_cannot_be_sent_is_said_and_logged_without_the_number(
    mine: Client, bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    bridge(ADAPTER="tests.account.manage.test_phone.RefusingAdapter")
    assert "could not be sent" in mine.post(PHONE, {"number": NUMBER}).content.decode()
    assert "event=text_not_sent" in caplog.text
    assert "555" not in caplog.text
    assert mine.get(CONFIRM).status_code == 302


@pytest.mark.parametrize("number", ["5554053501", "+49 (0)30 1234-5", "030.123 ext. 7", "1x2"])
def test_numbers_are_taken_as_dotnet_takes_them(number: str, mine: Client) -> None:
    mine.post(PHONE, {"number": number})
    assert stored() == (number, False)


@pytest.mark.parametrize(
    "number", ["", "+", "call me", "12\x00", "1" * 100_000, "(" * 49, "٣٤٥", "1;DROP"]
)
def test_what_is_no_number_is_refused(number: Any, mine: Client) -> None:
    assert mine.post(PHONE, {"number": number}).status_code == 200
    assert stored() == (None, False)
