"""Whether and by what a user proves to be the one at the second step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.aspnet.stamps import new_security_stamp

from .authenticator import get_authenticator_key
from .saving import update_user
from .token_providers import AUTHENTICATOR, EMAIL, PHONE, generate_token

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

    from .results import IdentityResult

PURPOSE = "TwoFactor"
"""Purpose of the codes sent at sign-in."""


def set_two_factor_enabled(*, user: AbstractIdentityUser, enabled: bool) -> IdentityResult:
    """Switch the second step on or off (SetTwoFactorEnabledAsync)."""
    return update_user(user, two_factor_enabled=enabled, security_stamp=new_security_stamp())


def valid_two_factor_providers(*, user: AbstractIdentityUser) -> tuple[str, ...]:
    """Return what can be asked for (GetValidTwoFactorProvidersAsync), in .NET's order.

    An address or a number counts only if it was confirmed. One statement.
    """
    providers = []
    if user.email_confirmed and (user.email or "").strip():
        providers.append(EMAIL)
    if user.phone_number_confirmed and (user.phone_number or "").strip():
        providers.append(PHONE)
    if (get_authenticator_key(user=user) or "").strip():
        providers.append(AUTHENTICATOR)
    return tuple(providers)


def is_two_factor_enabled(*, user: AbstractIdentityUser) -> bool:
    """Tell if sign-in will ask for a second step (SignInManager.IsTwoFactorEnabledAsync).

    No statement unless the user has switched it on.
    """
    return user.two_factor_enabled and bool(valid_two_factor_providers(user=user))


def generate_two_factor_code(*, user: AbstractIdentityUser, provider: str) -> str:
    """Return the code to send by ``Email`` or ``Phone`` (GenerateTwoFactorTokenAsync).

    :raises ValueError: no such provider.
    """
    return generate_token(user=user, provider=provider, purpose=PURPOSE)
