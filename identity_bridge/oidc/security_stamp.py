"""Whether a user's security stamp is still the one a session or a token began with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import constant_time_compare, salted_hmac

from identity_bridge.conf import get_settings

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

_SALT = "identity_bridge.oidc.security_stamp"


def digest(user: AbstractIdentityUser | None) -> str:
    """Return what is kept of the stamp: whoever knows the stamp itself could compute codes."""
    if user is None:
        return ""
    return salted_hmac(_SALT, user.security_stamp or "", algorithm="sha256").hexdigest()


def is_current(user: AbstractIdentityUser, kept: str) -> bool:
    """Tell if tokens may go on; always so unless OIDC_TOKENS_END_WITH_SECURITY_STAMP says no."""
    if not get_settings().OIDC_TOKENS_END_WITH_SECURITY_STAMP:
        return True
    return constant_time_compare(digest(user), kept)
