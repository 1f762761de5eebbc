"""The cookie of a browser that may skip the second factor (TwoFactorRememberMe of .NET).

Signed with SECRET_KEY; it names one user and is bound to that user's security stamp, so a new
password, a new key or "sign out everywhere" ends it at once. (.NET looks at the stamp only when
the cookie is half an hour old.) It proves nothing but
the second factor: the password is asked for all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from identity_bridge.conf import get_settings

from . import clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from identity_bridge.models import AbstractIdentityUser

COOKIE_NAME = "identity_bridge_remembered"
MAX_COOKIE_CHARACTERS = 4096

_SALT = "identity_bridge.signin.remembered_browser"
_PENDING = "_identity_bridge_remembered"


def remember(*, request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Let this browser skip the second factor (RememberTwoFactorClientAsync).

    The cookie is set by SecurityStampMiddleware, or by ``apply_to`` where that is not installed.
    """
    bound = {"user": str(user.pk), "stamp": _bound_stamp(user), "at": int(clock.now())}
    setattr(request, _PENDING, signing.dumps(bound, salt=_SALT))


def forget(*, request: HttpRequest) -> None:
    """Ask this browser for the second factor again (ForgetTwoFactorClientAsync)."""
    setattr(request, _PENDING, "")


def is_remembered(*, request: HttpRequest, user: AbstractIdentityUser) -> bool:
    """Tell if the browser was remembered for this user (IsTwoFactorClientRememberedAsync)."""
    value = getattr(request, _PENDING, None)
    if value is None:
        value = request.COOKIES.get(COOKIE_NAME, "")
    if not value or len(value) > MAX_COOKIE_CHARACTERS:
        return False
    try:
        bound: dict[str, Any] = signing.loads(value, salt=_SALT)
        age = clock.now() - bound["at"]
        same_user = constant_time_compare(bound["user"], str(user.pk))
        same_stamp = constant_time_compare(bound["stamp"], _bound_stamp(user))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return False
    return same_user and same_stamp and age <= get_settings().REMEMBER_BROWSER_FOR.total_seconds()


def apply_to(response: HttpResponseBase, *, request: HttpRequest) -> None:
    """Set or delete the cookie as ``remember`` and ``forget`` have asked during the request."""
    value = getattr(request, _PENDING, None)
    if value is None:
        return
    place: dict[str, Any] = {
        "path": django_settings.SESSION_COOKIE_PATH,
        "domain": django_settings.SESSION_COOKIE_DOMAIN,
        "samesite": django_settings.SESSION_COOKIE_SAMESITE,
    }
    if value:
        response.set_cookie(
            COOKIE_NAME,
            value,
            max_age=get_settings().REMEMBER_BROWSER_FOR,
            secure=bool(django_settings.SESSION_COOKIE_SECURE),
            httponly=True,
            **place,
        )
    else:
        response.delete_cookie(COOKIE_NAME, **place)


def _bound_stamp(user: AbstractIdentityUser) -> str:
    # Not the stamp itself: whoever reads the cookie could compute e-mail codes from it.
    return salted_hmac(_SALT, user.security_stamp or "", algorithm="sha256").hexdigest()
