"""The half-signed-in state between the first proof, mostly a password, and the second factor.

.NET keeps it in the cookie Identity.TwoFactorUserId, here it is in the Django session. It ends
TWO_FACTOR_TIMEOUT after the last request (one in the second half of the time begins it anew, as
.NET's cookie), after ten wrong codes, when the password or the security stamp changes, and with
the sign-in. It gives no access to anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare

from identity_bridge.conf import get_settings

from . import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

SESSION_KEY = "_identity_bridge_two_factor"
MAX_WRONG_CODES = 10
"""Of one right password; the lockout counter counts authenticator and message codes as well."""
_TYPES: dict[str, Any] = {"user": str, "hash": str, "at": int | float, "wrong": int}


def begin(*, request: HttpRequest, user: AbstractIdentityUser, provider: str | None = None) -> None:
    """Note that this user gave the right password, or that an external ``provider`` vouched for
    them; the session gets a new key."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "at": clock.now(),
        "wrong": 0,
        "provider": provider,
    }


def current_user(*, request: HttpRequest) -> AbstractIdentityUser | None:
    """Return the user who gave the password (GetTwoFactorAuthenticationUserAsync), one statement.

    None if the state is too old, the user's password or stamp has changed, or there is none.
    """
    state = state_of(request=request)
    if state is None:
        return None
    now, limit = clock.now(), get_settings().TWO_FACTOR_TIMEOUT.total_seconds()
    if not now - limit <= state["at"] <= now:
        return None
    if state["at"] < now - limit / 2:  # as .NET's cookie, which slides
        state["at"] = now
        request.session.modified = True
    user = _user(state["user"])
    if user is None or not constant_time_compare(user.get_session_auth_hash(), state["hash"]):
        return None
    return user


def state_of(*, request: HttpRequest) -> dict[str, Any] | None:
    """Return the state of whatever age, to be changed in place; None if there is none.

    A session outlives the version of the host that wrote it: what is not as ``begin`` leaves it
    is nothing.
    """
    state = request.session.get(SESSION_KEY)
    if not isinstance(state, dict):
        return None
    fits = all(isinstance(state.get(name), kind) for name, kind in _TYPES.items())
    return state if fits and state["hash"].isascii() else None


def _user(key: str) -> AbstractIdentityUser | None:
    try:
        found: AbstractIdentityUser | None = (
            get_user_model()._base_manager.filter(pk=key).first() if "\0" not in key else None
        )
    except (ValidationError, ValueError):  # a text that is no key
        return None
    return found


def provider_of(*, request: HttpRequest) -> str | None:
    """Return the scheme of the external provider that vouched, None after a password."""
    state = state_of(request=request) or {}
    found = state.get("provider")
    return found if isinstance(found, str) else None


def count_wrong_code(*, request: HttpRequest) -> None:
    """Note a wrong code; after MAX_WRONG_CODES the password is asked for again."""
    state = state_of(request=request)
    if state is None:
        return
    state["wrong"] += 1
    request.session.modified = True
    if state["wrong"] >= MAX_WRONG_CODES:
        end(request=request)


def end(*, request: HttpRequest) -> None:
    """Forget the state."""
    request.session.pop(SESSION_KEY, None)
