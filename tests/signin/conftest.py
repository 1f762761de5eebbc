from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone

from identity_bridge.aspnet.one_time_codes import decode_authenticator_key, totp_code
from identity_bridge.models import UserToken
from identity_bridge.signin import clock

from .scenarios.browser import Browser

PASSWORD = "Str0ng-enough"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHEAP = {
    "PASSWORD_UPGRADE": "aspnet",
    "PASSWORD_ITERATIONS": 1000,
    "RATE_LIMIT_PER_ADDRESS": (0, 0),
    "RATE_LIMIT_PER_ACCOUNT": (0, 0),
}


@pytest.fixture(autouse=True)
def _cheap_and_forgetful(settings: Any) -> Iterator[None]:
    """Hash with 1000 rounds, count no attempts, and start with an empty cache."""
    settings.IDENTITY_BRIDGE = dict(CHEAP)
    settings.PASSWORD_HASHERS = [
        "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
        "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    ]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    def change(**given: Any) -> None:
        settings.IDENTITY_BRIDGE = settings.IDENTITY_BRIDGE | given

    return change


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    def make(username: str = "ada", *, key: str | None = None, **columns: Any) -> Any:
        model = get_user_model()
        user = model(username=username, **columns)
        user.set_password(columns.get("password", PASSWORD))
        user.two_factor_enabled = columns.get("two_factor_enabled", key is not None)
        user.save()
        if key is not None:
            UserToken.objects.create(
                user=user,
                login_provider="[AspNetUserStore]",
                name="AuthenticatorKey",
                value=key,
            )
        return user

    return make


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    browser = Browser()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + browser.offset)
    return browser


def code(step: int = 0, key: str = KEY) -> str:
    """Return the code of the authenticator app, ``step`` half minutes from now."""
    now = int(timezone.now().timestamp())
    return f"{totp_code(decode_authenticator_key(key), now // 30 + step):06}"
