"""The second step by a code that is sent: who is offered what, and what happens to the code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone

from identity_bridge.adapter import IdentityAdapter
from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES
from identity_bridge.users import stamps

from .conftest import CODES, LOGIN, PASSWORD, PROFILE, RECOVERY, TWO_FACTOR, code_now, credentials

SEND, TYPE = "/account/send-code/", "/account/message-code/"
BY_MAIL = {"way": "Email"}
BUTTON = "Send me a code"


class RefusingBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise OSError(f"refused: {email_messages[0].to} {email_messages[0].body}")


class TextingAdapter(IdentityAdapter):
    can_send_sms = True
    sent: list[tuple[Any, str]] = []

    def send_sms(self, *, user: Any, message: str) -> None:
        self.sent.append((user.phone_number, message))


@pytest.fixture
def texting(settings: Any) -> list[tuple[Any, str]]:
    settings.IDENTITY_BRIDGE = {"ADAPTER": "tests.account.test_message_code.TextingAdapter"}
    TextingAdapter.sent.clear()
    return TextingAdapter.sent


@pytest.fixture
def maya(db: Any) -> User:
    """Two-factor authentication is on, by a confirmed address and nothing else."""
    return User.objects.create_user(
        "maya", "maya.ortiz@mail.example.test", PASSWORD, two_factor_enabled=True
    )


@pytest.fixture
def half(client: Client, maya: User) -> Client:
    """A browser in which maya's password was right."""
    User.objects.filter(pk=maya.pk).update(email_confirmed=True)
    assert client.post(LOGIN, credentials("maya"))["Location"] == TWO_FACTOR
    return client


def sent_code() -> str:
    found = re.search(r"^ +(\d{6})$", mail.outbox[-1].body, re.MULTILINE)
    assert found is not None, mail.outbox[-1].body
    return found[1]


def unlike(code: str) -> str:
    return next(other for other in ("000000", "111111", "222222") if other != code)


def give(user: User, name: str, value: str) -> None:
    UserToken.objects.create(user=user, login_provider=INTERNAL_PROVIDER, name=name, value=value)


def page(client: Client, address: str = TWO_FACTOR) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def text_to(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(
        phone_number="+15554053501", phone_number_confirmed=True, email_confirmed=False
    )
    assert client.post(LOGIN, credentials("maya"))["Location"] == TWO_FACTOR


# -- the code ------------------------------------------------------------------------------------


def test_the_code_of_the_mail_completes_the_sign_in(half: Client) -> None:
    answer = half.post(SEND, BY_MAIL)
    assert (answer.status_code, answer["Location"]) == (302, f"{TYPE}?way=Email")
    assert "on its way" in page(half, answer["Location"])
    (message,) = mail.outbox
    assert message.to == ["maya.ortiz@mail.example.test"]
    assert message.subject == "Your code to sign in"
    code = sent_code()
    assert code not in message.subject
    done = half.post(answer["Location"], {"code": f"{code[:3]} {code[3:]}"})
    assert (done.status_code, done["Location"]) == (302, PROFILE)
    assert half.get(PROFILE).status_code == 200
    assert half.get(answer["Location"])["Location"] == LOGIN


def test_a_mail_is_plain_text_and_not_escaped(half: Client) -> None:
    half.post(SEND, BY_MAIL)
    (message,) = mail.outbox
    assert "&#" not in message.body
    assert not getattr(message, "alternatives", [])


def test_wrong_codes_lock_the_account(half: Client) -> None:
    half.post(SEND, BY_MAIL)
    wrong = {"code": unlike(sent_code())}
    for _attempt in range(4):
        assert "not right" in half.post(f"{TYPE}?way=Email", wrong).content.decode()
    assert "locked until" in half.post(f"{TYPE}?way=Email", wrong).content.decode()
    right = half.post(f"{TYPE}?way=Email", {"code": sent_code()})
    assert "locked until" in right.content.decode()
    assert half.get(PROFILE).status_code == 302


@pytest.mark.parametrize("code", ["", "\x00", "9" * 100_000, "٣٣٣٣٣٣", b"\xff", "-1"])
def test_bad_input_is_a_wrong_code(half: Client, code: Any) -> None:
    answer = half.post(f"{TYPE}?way=Email", {"code": code})
    assert answer.status_code == 200
    assert "not right" in answer.content.decode()


def test_the_browser_is_remembered_if_asked(half: Client) -> None:
    half.post(SEND, BY_MAIL)
    half.post(f"{TYPE}?way=Email", {"code": sent_code(), "remember_browser": "on"})
    half.post("/account/logout/")
    assert half.post(LOGIN, credentials("maya"))["Location"] == PROFILE


def test_where_to_go_and_how_long_to_stay_survive(half: Client) -> None:
    kept = "remember_me=1&next=%2Faccount%2F%3Fx%3D1"
    assert f'action="{SEND}?{kept.replace("&", "&amp;")}"' in page(half, f"{TWO_FACTOR}?{kept}")
    address = half.post(f"{SEND}?{kept}", BY_MAIL)["Location"]
    assert address == f"{TYPE}?way=Email&{kept}"
    assert half.post(address, {"code": sent_code()})["Location"] == "/account/?x=1"
    assert not half.session.get_expire_at_browser_close()


# -- who is offered what -------------------------------------------------------------------------


def test_who_has_only_an_address_gets_the_button_at_once(half: Client) -> None:
    shown = page(half)
    assert BUTTON in shown
    assert "m•••@m•••.test" in shown
    assert 'name="code"' not in shown
    assert RECOVERY not in shown
    assert "text message" not in shown


def test_who_has_only_the_app_sees_nothing_else(client: Client, elena: User) -> None:
    UserToken.objects.filter(name=RECOVERY_CODES).delete()
    client.post(LOGIN, credentials("elena"))
    shown = page(client)
    assert 'name="code"' in shown
    assert "Other ways" not in shown
    assert BUTTON not in shown
    assert RECOVERY not in shown


def test_all_ways_are_offered_where_there_are_all(
    client: Client, elena: User, texting: list[Any]
) -> None:
    User.objects.update(
        email="elena@example.test",
        email_confirmed=True,
        phone_number="+15554053501",
        phone_number_confirmed=True,
    )
    client.post(LOGIN, credentials("elena"))
    shown = page(client)
    assert 'name="code"' in shown
    assert shown.count(BUTTON) == 2
    assert "e•••@e•••.test" in shown
    assert "•••01" in shown
    assert RECOVERY in shown
    assert client.post(TWO_FACTOR, {"code": code_now()})["Location"] == PROFILE


def test_an_unconfirmed_address_is_never_offered_nor_used(client: Client, elena: User) -> None:
    User.objects.update(
        email="elena@example.test", phone_number="+15554053501", email_confirmed=False
    )
    client.post(LOGIN, credentials("elena"))
    assert BUTTON not in page(client)
    for provider in ("Email", "Phone"):
        answer = client.post(SEND, {"way": provider})
        assert "cannot be sent this way" in answer.content.decode()
        assert client.get(f"{TYPE}?way={provider}")["Location"] == TWO_FACTOR
    assert mail.outbox == []


def test_an_address_that_lost_its_confirmation_meanwhile_is_not_used(half: Client) -> None:
    User.objects.update(email_confirmed=False)
    assert "cannot be sent this way" in half.post(SEND, BY_MAIL).content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize("way", ["", "Authenticator", "Default", "email", "\x00", "x" * 10_000])
def test_an_unknown_way_is_none(half: Client, way: str) -> None:
    assert "cannot be sent this way" in half.post(SEND, {"way": way}).content.decode()
    assert half.get(TYPE, {"way": way})["Location"] == TWO_FACTOR
    assert mail.outbox == []


def test_by_phone_only_and_no_text_messages_says_what_to_do(client: Client, maya: User) -> None:
    text_to(client, maya)
    shown = page(client)
    assert "this site cannot send text messages" in shown
    assert "Ask an administrator to reset your second factor" in shown
    assert BUTTON not in shown
    assert "cannot be sent this way" in client.post(SEND, {"way": "Phone"}).content.decode()


def test_by_phone_only_with_recovery_codes_leads_to_them(client: Client, maya: User) -> None:
    give(maya, RECOVERY_CODES, CODES)
    text_to(client, maya)
    shown = page(client)
    assert RECOVERY in shown
    assert "administrator" not in shown


def test_an_adapter_that_can_sends_text_messages(
    client: Client, maya: User, texting: list[tuple[Any, str]]
) -> None:
    text_to(client, maya)
    assert "•••01" in page(client)
    address = client.post(SEND, {"way": "Phone"})["Location"]
    assert address == f"{TYPE}?way=Phone"
    ((number, message),) = texting
    assert number == "+15554053501"
    assert mail.outbox == []
    (code,) = re.findall(r"\d{6}", message)
    assert client.post(address, {"code": code})["Location"] == PROFILE


def test_the_default_adapter_sends_no_text_messages(maya: User) -> None:
    assert IdentityAdapter().can_send_sms is False
    with pytest.raises(NotImplementedError):
        IdentityAdapter().send_sms(user=maya, message="x")


# -- what an attacker gets -----------------------------------------------------------------------


def test_nobody_begins_in_the_middle(client: Client, maya: User) -> None:
    User.objects.update(email_confirmed=True)
    for answer in (
        client.get(SEND),
        client.post(SEND, BY_MAIL),
        client.get(f"{TYPE}?way=Email"),
        client.post(f"{TYPE}?way=Email", {"code": "123456"}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)
        assert answer.content == b""
    assert mail.outbox == []


def test_a_new_stamp_ends_it(half: Client, maya: User) -> None:
    maya.refresh_from_db()
    assert stamps.update_security_stamp(user=maya).succeeded
    assert half.post(SEND, BY_MAIL)["Location"] == LOGIN
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"lockout_end": timedelta(hours=1)}, "This account is locked until"),
        ({"is_active": False}, "You may not sign in."),
    ],
    ids=["locked", "inactive"],
)
def test_who_may_no_longer_sign_in_is_sent_nothing(
    half: Client, columns: dict[str, Any], said: str
) -> None:
    moments = {"lockout_end": timezone.now() + timedelta(hours=1)}
    User.objects.update(**columns | {name: moments[name] for name in columns if name in moments})
    assert said in half.post(SEND, BY_MAIL).content.decode()
    assert mail.outbox == []


def test_the_fourth_code_is_refused(half: Client) -> None:
    for _send in range(3):
        assert half.post(SEND, BY_MAIL).status_code == 302
    answer = half.post(SEND, BY_MAIL)
    assert "No more codes are sent for this sign-in. If none" in answer.content.decode()
    assert BUTTON not in answer.content.decode()
    assert len(mail.outbox) == 3
    assert f"{TYPE}?way=Email" in page(half)
    assert "another code" not in page(half, f"{TYPE}?way=Email")
    assert half.post(f"{TYPE}?way=Email", {"code": sent_code()})["Location"] == PROFILE


def test_sending_counts_as_an_attempt(half: Client, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (1, 86_400)}
    assert half.post(SEND, BY_MAIL).status_code == 302
    answer = half.post(SEND, BY_MAIL)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert len(mail.outbox) == 1


def test_only_a_post_with_its_token_sends(half: Client) -> None:
    assert half.get(SEND, BY_MAIL)["Location"] == TWO_FACTOR
    assert Client(enforce_csrf_checks=True).post(SEND, BY_MAIL).status_code == 403
    assert mail.outbox == []


def test_no_page_shows_the_address_or_the_code(half: Client, maya: User) -> None:
    address = half.post(SEND, BY_MAIL)["Location"]
    pages = [page(half), page(half, address)]
    pages.append(half.post(SEND, BY_MAIL, follow=True).content.decode())
    for shown in pages:
        for secret in ("maya", "ortiz", "mail.example", sent_code(), maya.security_stamp or ""):
            assert secret not in shown


@pytest.mark.parametrize("why", ["backend", "header"])
def test_a_mail_that_cannot_be_sent_is_said_and_logged_without_secrets(
    half: Client, settings: Any, caplog: Any, why: str
) -> None:
    if why == "backend":
        refusing = "tests.account.test_message_code.RefusingBackend"
        if hasattr(settings, "MAILERS"):  # Django 6.1
            settings.MAILERS = {"default": {"BACKEND": refusing}}
        else:
            settings.EMAIL_BACKEND = refusing
    else:
        User.objects.update(email="maya@example.test\nBcc: eve@example.test")
    answer = half.post(SEND, BY_MAIL)
    assert answer.status_code == 200
    assert "The code could not be sent" in answer.content.decode()
    (line,) = [text for text in caplog.messages if "not sent" in text]
    assert "provider=Email" in line
    assert "Error" in line
    assert "@" not in caplog.text
    assert not re.search(r"\b\d{6}\b", line)
    assert mail.outbox == []


@pytest.mark.parametrize("feature", ["mail", "app"])
def test_statements_are_few(
    half: Client, elena: User, feature: str, django_assert_max_num_queries: Any
) -> None:
    if feature == "app":
        half.post(LOGIN, credentials("elena"))
    with django_assert_max_num_queries(5):  # session, user, key, codes
        half.get(TWO_FACTOR)
    if feature == "app":
        return
    with django_assert_max_num_queries(12):  # the session is written twice, in savepoints
        half.post(SEND, BY_MAIL)
    with django_assert_max_num_queries(5):
        half.get(f"{TYPE}?way=Email")


def test_an_app_key_alone_never_sends(client: Client, elena: User) -> None:
    client.post(LOGIN, credentials("elena"))
    assert UserToken.objects.filter(name=AUTHENTICATOR_KEY).exists()
    assert "cannot be sent this way" in client.post(SEND, BY_MAIL).content.decode()
