"""Those who make the journeys."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import RequestFactory

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES
from identity_bridge.signin import sessions
from tests.account.conftest import CODES, KEY, PASSWORD, code_now, wrong_code

from .engine import HOME

__all__ = [
    "PASSWORD",
    "RECOVERY_CODE",
    "begin_session",
    "code_now",
    "person",
    "with_authenticator",
    "wrong_code",
]

RECOVERY_CODE = CODES.partition(";")[0]


def person(name: str = "ada", **columns: Any) -> User:
    """Return somebody with a password and a confirmed address."""
    columns = {"email": f"{name}@example.org", "email_confirmed": True} | columns
    return User.objects.create_user(name, columns.pop("email"), PASSWORD, **columns)


def with_authenticator(name: str = "ada", **columns: Any) -> User:
    """Return somebody whose second factor is an app, and who has two recovery codes."""
    user = person(name, two_factor_enabled=True, **columns)
    for token, value in ((AUTHENTICATOR_KEY, KEY), (RECOVERY_CODES, CODES)):
        UserToken.objects.create(
            user=user, login_provider=INTERNAL_PROVIDER, name=token, value=value
        )
    return user


def begin_session(user: User, *, seconds_ago: int = 0) -> str:
    """Return the key of a new session, as that of a browser in which somebody has signed in."""
    request: Any = RequestFactory(headers={"host": urlsplit(HOME).netloc}).get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions.sign_in(request=request, user=user)
    request.session[sessions.SIGNED_IN_AT] -= seconds_ago
    request.session.save()
    return str(request.session.session_key)
