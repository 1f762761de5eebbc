"""The key of the authenticator app: a row of AspNetUserTokens, base32 in clear text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.aspnet.one_time_codes import new_authenticator_key
from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER

from .saving import update_user
from .tokens import get_authentication_token, put_token

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

    from .results import IdentityResult


def get_authenticator_key(*, user: AbstractIdentityUser) -> str | None:
    """Return the stored key (GetAuthenticatorKeyAsync), None if there is none."""
    return get_authentication_token(
        user=user, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY
    )


def reset_authenticator_key(*, user: AbstractIdentityUser) -> IdentityResult:
    """Make a new key, which ends the old one and all sessions (ResetAuthenticatorKeyAsync)."""
    key = new_authenticator_key()
    return update_user(
        user,
        rows=lambda: put_token(user, INTERNAL_PROVIDER, AUTHENTICATOR_KEY, key),
        security_stamp=new_security_stamp(),
    )


def enable_authenticator(*, user: AbstractIdentityUser, key: str) -> IdentityResult:
    """Store a key whose owner has proven to have it, and switch the second step on.

    One change, with the stamp of SetTwoFactorEnabledAsync: other sessions end.
    """
    return update_user(
        user,
        rows=lambda: put_token(user, INTERNAL_PROVIDER, AUTHENTICATOR_KEY, key),
        two_factor_enabled=True,
        security_stamp=new_security_stamp(),
    )
