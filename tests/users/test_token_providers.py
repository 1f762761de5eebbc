from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.utils import timezone

from identity_bridge.users import token_providers
from identity_bridge.users.token_providers import generate_token, verify_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> Any:
    return get_user_model().objects.create(username="ada", email="ada@example.com")


def test_a_token_lives_a_day(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = generate_token(user=user, provider="Default", purpose="p")
    real = signing.time.time
    for days, good in ((0.99, True), (1.01, False)):
        with monkeypatch.context() as patch:
            patch.setattr(signing.time, "time", lambda days=days: real() + days * 86400)
            assert verify_token(user=user, provider="Default", purpose="p", token=token) is good


@pytest.mark.parametrize(
    "token", ["", ":", "::", "x", "a:b:c", "\x00", "\ud800", "é:é:é", ":" * 500, "x" * 10_000]
)
@pytest.mark.parametrize("provider", ["Default", "Email", "Phone", "Authenticator", "Nobody"])
def test_garbage_verifies_nothing_and_raises_nothing(user: Any, provider: str, token: str) -> None:
    assert not verify_token(user=user, provider=provider, purpose="p", token=token)


def test_purpose_and_id_cannot_be_shifted_into_one_another(user: Any) -> None:
    token = generate_token(user=user, provider="Default", purpose='a", "b')
    assert not verify_token(user=user, provider="Default", purpose="a", token=token)


def test_a_code_is_void_after_its_window(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code = generate_token(user=user, provider="Email", purpose="p")
    assert verify_token(user=user, provider="Email", purpose="p", token=code)
    later = timezone.now() + timedelta(minutes=10)
    monkeypatch.setattr(token_providers.timezone, "now", lambda: later)
    assert not verify_token(user=user, provider="Email", purpose="p", token=code)


def test_an_unknown_provider_cannot_generate(user: Any) -> None:
    with pytest.raises(ValueError, match="no token provider 'Pigeon'"):
        generate_token(user=user, provider="Pigeon", purpose="p")
    assert generate_token(user=user, provider="Authenticator", purpose="p") == ""
