"""SignInManager.CanSignInAsync: what has to be confirmed before anybody may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.conf import get_settings

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def can_sign_in(*, user: AbstractIdentityUser) -> bool:
    """Tell if the user is active and has confirmed what the settings require.

    A confirmed account is one with a confirmed address (DefaultUserConfirmation).
    """
    settings = get_settings()
    if not user.is_active:
        return False
    if settings.SIGN_IN_REQUIRE_CONFIRMED_EMAIL and not user.email_confirmed:
        return False
    if settings.SIGN_IN_REQUIRE_CONFIRMED_PHONE_NUMBER and not user.phone_number_confirmed:
        return False
    return user.email_confirmed or not settings.SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT
