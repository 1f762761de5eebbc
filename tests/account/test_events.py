"""What each page tells of what happened: signals, a row in the audit table, a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.dispatch import Signal

from identity_bridge import audit, signals
from identity_bridge.models import AuditEvent, User
from tests.account.conftest import LOGIN, PASSWORD, credentials
from tests.account.mailing import Visitor, mailed_link, opened
from tests.account.second_factor.test_authenticator import code_of, key_shown

pytestmark = pytest.mark.django_db

NEW = "new@example.test"
NAME = {"user_name": "ada.lovelace"}
PASSWORDS = {"current_password": PASSWORD, "new_password": "Other-1!", "repeat": "Other-1!"}


def signed_in() -> Visitor:
    visitor = Visitor()
    visitor.post(LOGIN, credentials("hamid"))
    return visitor


def post(path: str, form: Any = None) -> Callable[[], Any]:
    return lambda: signed_in().post(f"/account/{path}/", form or {})


def anonymous(path: str, form: Any) -> Callable[[], Any]:
    return lambda: Visitor().post(f"/account/{path}/", form)


def lock() -> None:
    for _attempt in range(5):
        Visitor().post(LOGIN, credentials("hamid", "wrong"))


def too_often() -> None:
    for _attempt in range(4):
        Visitor().post(LOGIN, credentials("nobody", "wrong"))


def code_by_mail() -> None:
    User.objects.update(two_factor_enabled=True)
    visitor = signed_in()
    visitor.post("/account/send-code/", {"way": "Email"})


def another_key() -> None:
    visitor = signed_in()
    for _time in range(2):
        visitor.post("/account/second-factor/authenticator/", {"code": code_of(key_shown(visitor))})


def another_address() -> None:
    visitor = signed_in()
    visitor.post("/account/email/", {"email": NEW})
    path, _page = opened(visitor, mailed_link(0))
    visitor.post(path)


def lost_password() -> None:
    visitor = Visitor()
    visitor.post("/account/forgot-password/", {"email": "hamid@example.test"})
    path, _page = opened(visitor, mailed_link())
    visitor.post(path, {"new_password": "Other-1!", "repeat": "Other-1!"})


def code_to_a_number() -> None:
    signed_in().post("/account/phone/", {"number": "+1 555 123 4567"})


REGISTER = {"email": NEW, "new_password": PASSWORD, "repeat": PASSWORD}
EVENTS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "sign out": (post("logout"), ["user_signed_in", "user_signed_out"]),
    "locked out": (lock, ["user_locked_out", *["user_sign_in_failed"] * 5]),
    "too often": (too_often, ["rate_limited", *["user_sign_in_failed"] * 2]),
    "user name": (
        post("user-name", NAME),
        ["sign_in_refreshed", "user_name_changed", "user_signed_in"],
    ),
    "password": (
        post("password", PASSWORDS),
        ["password_changed", "sign_in_refreshed", "user_signed_in"],
    ),
    "address": (
        another_address,
        ["email_change_requested", "email_changed", "sign_in_refreshed", "user_signed_in"],
    ),
    "number": (code_to_a_number, ["phone_number_code_sent", "user_signed_in"]),
    "code by mail": (code_by_mail, ["second_factor_code_sent", "second_factor_required"]),
    "key": (
        another_key,
        [
            *["authenticator_reset"] * 2,
            "recovery_codes_generated",
            "second_factor_switched",
            *["sign_in_refreshed"] * 2,
            "user_signed_in",
        ],
    ),
    "register": (anonymous("register", REGISTER), ["user_registered", "user_signed_in"]),
    "confirmation": (
        anonymous("resend-confirmation", {"email": "nobody@example.test"}),
        ["email_confirmation_requested"],
    ),
    "lost password": (lost_password, ["password_changed", "password_reset_requested"]),
    "own data": (
        post("personal-data/download", {"password": PASSWORD}),
        ["personal_data_downloaded", "user_signed_in"],
    ),
    "end": (
        post("delete-account", {"password": PASSWORD}),
        ["user_deleted", "user_signed_in", "user_signed_out"],
    ),
}


@pytest.mark.parametrize("what", EVENTS)
def test_it_is_told_once_everywhere(
    what: str, hamid: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.update(email_confirmed=True)
    settings.IDENTITY_BRIDGE = {
        "AUDIT_TABLE": True,
        "MAIL_DELIVERY": "direct",
        "ADAPTER": "tests.account.manage.test_phone.TextingAdapter",
        "RATE_LIMIT_PER_ACCOUNT": (2 if what == "too often" else 50, 86_400),
    }
    caplog.set_level(logging.INFO, logger="identity_bridge.audit")
    happens, expected = EVENTS[what]
    heard: list[str] = []
    receivers = [_listen(name, heard) for name in audit.LEVELS]
    try:
        happens()
    finally:
        for name, receiver in zip(audit.LEVELS, receivers, strict=True):
            getattr(signals, name).disconnect(receiver)
    wanted = sorted(expected)
    passing = {"password_upgraded"}  # hashers of these tests
    assert sorted(name for name in heard if name not in passing) == wanted
    rows = AuditEvent.objects.exclude(event__in=passing).values_list("event", flat=True)
    assert sorted(rows) == wanted
    lines = [one.getMessage() for one in caplog.records if one.name == "identity_bridge.audit"]
    told = [line.split()[0].removeprefix("event=") for line in lines]
    assert sorted(name for name in told if name not in passing) == wanted
    assert PASSWORD not in caplog.text
    assert NEW not in caplog.text


def _listen(name: str, heard: list[str]) -> Callable[..., None]:
    def receiver(**_given: Any) -> None:
        heard.append(name)

    signal: Signal = getattr(signals, name)
    signal.connect(receiver, weak=False)
    return receiver
