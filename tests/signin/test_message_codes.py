from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail

from identity_bridge.adapter import IdentityAdapter
from identity_bridge.signin import flow, second_factor
from identity_bridge.signin.message_codes import (
    Sending,
    mask_email,
    mask_phone_number,
    message_ways,
    send_code,
    sends_made,
)
from identity_bridge.users import token_providers

from .conftest import PASSWORD
from .scenarios.browser import Browser

STAMP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Keeping(IdentityAdapter):
    """Keeps what it is to send."""

    can_send_sms = True
    mails: list[dict[str, Any]] = []
    texts: list[str] = []

    def send_mail(self, *, user: Any, template: str, context: dict[str, Any]) -> None:
        self.mails.append(context)

    def send_sms(self, *, user: Any, message: str) -> None:
        self.texts.append(message)


@pytest.fixture
def keeping(configure: Callable[..., None]) -> type[Keeping]:
    configure(ADAPTER="tests.signin.test_message_codes.Keeping")
    Keeping.mails.clear()
    Keeping.texts.clear()
    return Keeping


@pytest.fixture
def half(make_user: Any, browser: Browser) -> Browser:
    make_user(two_factor_enabled=True, email="user@example.com", email_confirmed=True)
    # As imported; saving would write a new stamp with the password.
    get_user_model().objects.update(
        security_stamp=STAMP, phone_number="+15551234567", phone_number_confirmed=True
    )
    answer = browser.request(
        lambda r: flow.password_sign_in(request=r, username="ada", password=PASSWORD)
    )
    assert answer.requires_two_factor
    return browser


def test_the_codes_equal_those_of_dotnet(
    half: Browser, keeping: type[Keeping], monkeypatch: pytest.MonkeyPatch
) -> None:
    then = datetime.fromtimestamp(1_700_000_000, UTC)
    monkeypatch.setattr(token_providers, "timezone", SimpleNamespace(now=lambda: then))
    for provider in ("Email", "Phone"):
        assert half.request(lambda r, way=provider: send_code(r, way)) is Sending.SENT
    assert [context["code"] for context in keeping.mails] == ["047168"]
    assert "931702" in keeping.texts[0]
    answer = half.request(
        lambda r: second_factor.two_factor_sign_in(request=r, provider="Email", code="47168")
    )
    assert answer.succeeded


def test_failed_sends_count_too(half: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(mail, "send_mail", fail)
    outcomes = [half.request(lambda r: send_code(r, "Email")) for _send in range(4)]
    assert outcomes == [Sending.NOT_SENT] * 3 + [Sending.TOO_MANY]
    assert half.request(lambda r: sends_made(request=r)) == 3


def test_a_new_password_step_allows_new_sends(half: Browser) -> None:
    for _send in range(3):
        half.request(lambda r: send_code(r, "Email"))
    half.request(lambda r: flow.password_sign_in(request=r, username="ada", password=PASSWORD))
    assert half.request(lambda r: send_code(r, "Email")) is Sending.SENT


def test_a_half_signed_session_that_is_too_old_sends_nothing(half: Browser) -> None:
    half.advance(301)
    assert half.request(lambda r: send_code(r, "Email")) is Sending.NO_SESSION
    assert mail.outbox == []


def test_a_session_deleted_meanwhile_sends_nothing(half: Browser) -> None:
    def work(request: Any) -> Sending:
        assert sends_made(request=request) == 0  # loads the session
        Session.objects.all().delete()
        outcome = send_code(request, "Email")
        request.session.modified = False
        return outcome

    assert half.request(work) is Sending.NO_SESSION
    assert mail.outbox == []


def test_without_a_stamp_there_is_no_code() -> None:
    user = get_user_model()(email="a@b.de", email_confirmed=True, security_stamp=None)
    assert message_ways(user=user, providers=("Email",)) == ()


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("ada@example.com", "a•••@e•••.com"),
        (" ada@mail.example.co.uk ", "a•••@m•••.uk"),
        ("a@x.de", "•••@•••.de"),
        ("ada@localhost", "a•••@l•••"),
        ("ada@[192.168.1.10]", "a•••@•••"),
        ('"a@b"@example.com', "•••@e•••.com"),
        ("märta@münchen.de", "m•••@m•••.de"),
        ("\u202eada@example.com", "•••@e•••.com"),
        ("no address", "•••@n•••"),
        ("", "•••@•••"),
    ],
)
def test_a_masked_address_shows_little(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+15554053501", "•••01"), ("+1 (555) 405-35 01", "•••01"), ("12345", "•••"), ("", "•••")],
)
def test_a_masked_number_shows_little(number: str, masked: str) -> None:
    assert mask_phone_number(number) == masked
