"""Setting an authenticator app up: a key that counts only once a code of it was typed.

Until then it waits in the session and an authenticator that works goes on to work. (.NET stores
the new key at once and switches the second step off meanwhile.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.errors import CodeError
from identity_bridge.aspnet.one_time_codes import (
    decode_authenticator_key,
    new_authenticator_key,
    verify_authenticator_code,
)
from identity_bridge.signals import authenticator_reset, second_factor_switched
from identity_bridge.users.authenticator import enable_authenticator, get_authenticator_key
from identity_bridge.users.results import IdentityResult

from . import clock, rate_limit, replay, sessions

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

SESSION_KEY = "_identity_bridge_new_authenticator"
MAX_AGE_SECONDS = 1800
"""How long a key waits for its first code."""


def begin(*, request: HttpRequest, user: AbstractIdentityUser, renew: bool = False) -> str:
    """Return the key to show; the same one until it is used, too old, or ``renew`` is asked for.

    Whoever has switched the second step off finds the old key again: the app still has it.
    """
    key = None if renew else _waiting(request, user)
    if key is None and not renew and not user.two_factor_enabled:
        key = _usable(get_authenticator_key(user=user))
    if key is None:
        key = new_authenticator_key()
    request.session[SESSION_KEY] = {"user": str(user.pk), "key": key, "at": clock.now()}
    return key


@sensitive_variables("code", "key")
def finish(*, request: HttpRequest, user: AbstractIdentityUser, code: str) -> IdentityResult:
    """Store the waiting key and switch the second step on, if the code is one of it.

    InvalidToken: it is not, or no key waits. All other sessions of the user end.

    :raises RateLimited: too many attempts of this address or on this account.
    """
    rate_limit.count_attempt(request=request, account=f"id {user.pk}")
    key = _waiting(request, user)
    now = clock.now()
    step = verify_authenticator_code(key, code, now=now) if key else None
    if key is None or step is None:
        return IdentityResult.failed("InvalidToken")
    was_enabled, before = user.two_factor_enabled, get_authenticator_key(user=user)
    result = enable_authenticator(user=user, key=key)
    if not result.succeeded:
        return result
    replay.use_step(user=user, step=step)
    request.session.pop(SESSION_KEY, None)
    sessions.refresh_sign_in(request=request, user=user)
    if key != before:
        authenticator_reset.send(sender=type(user), request=request, user=user)
    if not was_enabled:
        second_factor_switched.send(sender=type(user), request=request, user=user, enabled=True)
    return result


def _waiting(request: HttpRequest, user: AbstractIdentityUser) -> str | None:
    state = request.session.get(SESSION_KEY)
    # A session may hold what another version of the host has put there.
    if not isinstance(state, dict) or state.get("user") != str(user.pk):
        return None
    at, key = state.get("at"), state.get("key")
    if not isinstance(at, int | float) or not 0 <= clock.now() - at <= MAX_AGE_SECONDS:
        return None
    return _usable(key if isinstance(key, str) else None)


def _usable(key: str | None) -> str | None:
    """Return the key if an app can have it: at least 10 bytes of base32."""
    try:
        return key if key and len(decode_authenticator_key(key)) >= 10 else None
    except CodeError:
        return None
