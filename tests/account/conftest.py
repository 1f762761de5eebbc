"""People with and without a second factor, and a cache that forgets between tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from identity_bridge.aspnet.one_time_codes import decode_authenticator_key, totp_code
from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES

PASSWORD = "Amber-Ivory8381!"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = "7DGWX-NFYY3;0a1b2c3d"
LOGIN, TWO_FACTOR, RECOVERY = "/account/login/", "/account/two-factor/", "/account/recovery-code/"
PROFILE = "/account/profile/"


@pytest.fixture(autouse=True)
def _fresh_cache(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def hamid(db: Any) -> User:
    return User.objects.create_user("hamid", "Hamid@Example.test", PASSWORD)


@pytest.fixture
def elena(db: Any) -> User:
    """Two-factor authentication is on: an authenticator app and two recovery codes."""
    user = User.objects.create_user("elena", None, PASSWORD, two_factor_enabled=True)
    for name, value in ((AUTHENTICATOR_KEY, KEY), (RECOVERY_CODES, CODES)):
        UserToken.objects.create(
            user=user, login_provider=INTERNAL_PROVIDER, name=name, value=value
        )
    return user


def code_now(step: int = 0) -> str:
    """Return what the app shows, ``step`` times 30 seconds from now."""
    return f"{totp_code(decode_authenticator_key(KEY), int(time.time()) // 30 + step):06}"


def wrong_code() -> str:
    near = {code_now(step) for step in range(-4, 5)}
    return next(code for code in ("000000", "111111", "222222") if code not in near)


def credentials(name: str, password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"username": name, "password": password, **more}
