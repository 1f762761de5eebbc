"""Whether a user's security stamp is still the one a session or a token began with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from identity_bridge.conf import get_settings

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

SHORT = 32
_SALT = "identity_bridge.oidc.security_stamp"


def digest(user: AbstractIdentityUser | None) -> str:
    """Return what is kept of the stamp: whoever knows the stamp itself could compute codes."""
    if user is None:
        return ""
    return digests(user)[0]


def digests(user: AbstractIdentityUser) -> list[str]:
    """Return the digest, and those of the secrets before (SECRET_KEY_FALLBACKS)."""
    stamp = user.security_stamp or ""
    return [
        salted_hmac(_SALT, stamp, secret=secret, algorithm="sha256").hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def short_digest(user: AbstractIdentityUser) -> str:
    """Return what a JWT says of the stamp: 128 bits in hexadecimal digits."""
    return digest(user)[:SHORT]


def matches(user: AbstractIdentityUser, kept: str) -> bool:
    """Tell if this is the digest of the stamp that the user has now."""
    length = SHORT if len(kept) == SHORT else None
    return any(constant_time_compare(one[:length], kept) for one in digests(user))


def is_current(user: AbstractIdentityUser, kept: str) -> bool:
    """Tell if tokens may go on; always so unless OIDC_TOKENS_END_WITH_SECURITY_STAMP says no."""
    if not get_settings().OIDC_TOKENS_END_WITH_SECURITY_STAMP:
        return True
    return matches(user, kept)
