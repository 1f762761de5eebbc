"""How mails leave: where their links lead, who waits for them, what is said of failures."""

from __future__ import annotations

import logging
import time
from threading import Event, current_thread, main_thread
from typing import Any

import pytest
from django.core import mail
from django.core.checks import run_checks
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import translation

from identity_bridge.account import checks as account_checks
from identity_bridge.account import mails
from identity_bridge.adapter import IdentityAdapter
from identity_bridge.checks import CheckId
from identity_bridge.models import User

from .conftest import Bridge

FORGOT = "/account/forgot-password/"


class NotingAdapter(IdentityAdapter):
    """Notes who calls, and waits until it may go on."""

    threads: list[Any] = []
    gate = Event()

    def send_mail(self, **given: Any) -> None:
        self.threads.append(current_thread())
        assert self.gate.wait(20)
        super().send_mail(**given)


class CodesOnlyAdapter(IdentityAdapter):
    """As adapters were before addresses could be confirmed."""

    def send_mail(self, *, user: Any, template: str, context: Any) -> None:  # type: ignore[override]
        super().send_mail(user=user, template=template, context=context)


class RefusingBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise OSError(f"refused: {email_messages[0].to} {email_messages[0].body}")


@pytest.fixture
def ada(db: Any) -> User:
    return User.objects.create_user("ada", "ada@example.test", email_confirmed=True)


def ask(client: Client, **more: Any) -> Any:
    return client.post(FORGOT, {"email": "ada@example.test"}, **more)


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_links_begin_with_the_host_of_the_request_or_what_is_set(
    client: Client, ada: User, bridge: Bridge
) -> None:
    ask(client, headers={"host": "id.example.org"}, secure=True)
    assert "\nhttps://id.example.org/account/reset-password/?user=" in mail.outbox[0].body
    bridge(ACCOUNT_BASE_URL="https://accounts.example.com/")
    ask(client, headers={"host": "evil.example"})
    assert "\nhttps://accounts.example.com/account/reset-password/?user=" in mail.outbox[1].body
    assert "evil.example" not in mail.outbox[1].body + mail.outbox[1].subject
    assert "accounts.example.com" in mail.outbox[1].subject


def test_a_host_that_is_not_allowed_gets_no_link(client: Client, ada: User) -> None:
    with override_settings(ALLOWED_HOSTS=["id.example.org"]):
        assert ask(client, headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []


def test_the_answer_waits_for_the_mail_or_not_as_is_set(
    client: Client, ada: User, bridge: Bridge
) -> None:
    NotingAdapter.threads.clear()
    NotingAdapter.gate.clear()
    adapter = {"ADAPTER": "tests.account.registration.test_mails.NotingAdapter"}
    bridge(**adapter, MAIL_DELIVERY="thread")
    assert ask(client).status_code == 302  # with the gate still closed
    assert mail.outbox == []
    NotingAdapter.gate.set()
    until(lambda: mail.outbox)
    bridge(**adapter, MAIL_DELIVERY="direct")
    ask(client)
    assert [thread is main_thread() for thread in NotingAdapter.threads] == [False, True]
    assert NotingAdapter.threads[0].daemon


def test_mails_of_a_busy_moment_all_go_out(client: Client, ada: User, bridge: Bridge) -> None:
    bridge(MAIL_DELIVERY="thread")
    for number in range(40):
        mails._send_in_thread(
            mails.Mail(
                user=ada,
                template="reset_password",
                context={"site": "s", "link": str(number)},
                address=None,
                language=None,
            )
        )
    until(lambda: len(mail.outbox) == 40)
    until(lambda: mails._free._value == mails.MAX_THREADS)


def test_a_mail_has_the_language_of_the_request(ada: User) -> None:
    seen: list[str | None] = []

    class Adapter(IdentityAdapter):
        def send_mail(self, **given: Any) -> None:
            seen.append(translation.get_language())

    found = mails.Mail(user=ada, template="x", context={}, address=None, language="de")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mails, "get_adapter", Adapter)
        mails._hand_over(found)
    assert seen == ["de"]


def test_a_mail_that_is_refused_is_logged_without_address_and_link(
    client: Client, ada: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = "tests.account.registration.test_mails.RefusingBackend"
    if hasattr(settings, "MAILERS"):  # Django 6.1
        settings.MAILERS = {"default": {"BACKEND": path}}
    else:
        settings.EMAIL_BACKEND = path
    with caplog.at_level(logging.INFO):
        assert ask(client).status_code == 302
    (record,) = [one for one in caplog.records if "mail_not_sent" in one.getMessage()]
    assert record.getMessage() == (
        f"event=mail_not_sent template=reset_password user='{ada.pk}' error=OSError"
    )
    assert "example.test" not in caplog.text
    assert "token" not in caplog.text


def test_a_full_queue_drops_and_says_so(
    client: Client, ada: User, bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    from queue import Queue

    bridge(MAIL_DELIVERY="thread")
    with pytest.MonkeyPatch.context() as patched:
        full: Queue[Any] = Queue(maxsize=1)
        full.put(None)
        patched.setattr(mails, "_waiting", full)
        patched.setattr(mails, "_start", lambda: None)
        assert ask(client).status_code == 302
    assert "error=Full" in caplog.text


def test_an_adapter_that_knows_no_addresses_still_sends_to_confirmed_ones(
    client: Client, ada: User, bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    bridge(ADAPTER="tests.account.registration.test_mails.CodesOnlyAdapter")
    ask(client)
    assert len(mail.outbox) == 1
    User.objects.update(email_confirmed=False)
    client.post("/account/resend-confirmation/", {"email": "ada@example.test"})
    assert len(mail.outbox) == 1
    assert "error=TypeError" in caplog.text


def test_mails_are_plain_text_and_not_escaped(client: Client, ada: User) -> None:
    ask(client)
    (message,) = mail.outbox
    assert "&amp;" not in message.body
    assert not getattr(message, "alternatives", [])


# -- checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"MAIL_DELIVERY": "celery"}, [CheckId.MAIL_DELIVERY_UNKNOWN]),
        ({"ACCOUNT_BASE_URL": "https://id.example.org"}, []),
        ({"ACCOUNT_BASE_URL": "http://localhost:8000/"}, []),
        *(
            ({"ACCOUNT_BASE_URL": bad}, [CheckId.BASE_URL_MALFORMED])
            for bad in (
                "",
                "id.example.org",
                "//id.example.org",
                "ftp://id.example.org",
                "https://",
                "https://id.example.org/accounts",
                "https://id.example.org?x",
                "https://id.example.org#x",
                "https://a:b@id.example.org",
                "https://id.example.org\n",
                "https://[/",
            )
        ),
    ],
)
def test_the_settings_of_mails_are_checked(given: Any, expected: list[str]) -> None:
    with override_settings(IDENTITY_BRIDGE=given):
        found = list(account_checks.check_mails(None))
    assert [message.id for message in found] == expected
    assert all(message.hint for message in found)


@pytest.mark.parametrize(
    ("hosts", "base", "expected"),
    [
        (["*"], None, True),
        ([".example.org"], None, True),
        (["id.example.org"], None, False),
        (["*"], "https://id.example.org", False),
    ],
)
def test_hosts_that_anybody_can_name_are_a_matter_of_deployment(
    hosts: list[str], base: str | None, expected: bool
) -> None:
    with override_settings(ALLOWED_HOSTS=hosts, IDENTITY_BRIDGE={"ACCOUNT_BASE_URL": base}):
        deployed = run_checks(include_deployment_checks=True)
        assert (CheckId.LINKS_FROM_ANY_HOST in {one.id for one in deployed}) is expected
        assert CheckId.LINKS_FROM_ANY_HOST not in {one.id for one in run_checks()}


ADVICE = [
    ("password_changed", (), "ask for a new password at once on the page where you sign in."),
    ("password_changed", ("recovery",), "tell those who run the site at once."),
    ("change_email_notice", (), "change your password now: that ends"),
    ("change_email_notice", ("password",), "ask for a new password now on the page where you sign"),
    ("change_email_notice", ("password", "recovery"), "tell those who run the site at once."),
    (
        "second_factor_code",
        ("password",),
        "somebody knows your password. Do not pass on the code, and",
    ),
    (
        "second_factor_code",
        ("password", "recovery"),
        "somebody knows your password. Do not pass on the code, and tell those who run the site.",
    ),
]


@pytest.mark.parametrize(("name", "off", "advice"), ADVICE)
def test_a_mail_advises_only_what_this_site_has(
    name: str, off: tuple[str, ...], advice: str, bridge: Bridge
) -> None:
    bridge(ACCOUNT_DISABLED_PARTS=list(off))
    text = render_to_string(f"{mails.TEMPLATES}/{name}.txt", {"site": "a.test", "code": "1"})
    assert f"\n\nIf this was not you, {advice}" in text
    assert text.count("If this was not you") == 1
    if {"password", "recovery"} <= set(off):
        assert "new password at once" not in text
        assert "change your password" not in text
