"""What the owner of an account does about the second step, and keeps the session by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.adapter import get_adapter
from identity_bridge.signals import (
    browser_forgotten,
    recovery_codes_generated,
    second_factor_switched,
)
from identity_bridge.users import recovery_codes
from identity_bridge.users.results import IdentityResult
from identity_bridge.users.token_providers import PHONE
from identity_bridge.users.two_factor import set_two_factor_enabled, valid_two_factor_providers

from . import remembered_browser, sessions

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser


def possible_providers(*, user: AbstractIdentityUser) -> tuple[str, ...]:
    """Return what this project could ask the user for; without text messages not the number."""
    can_send_sms = get_adapter().can_send_sms
    providers = valid_two_factor_providers(user=user)
    return tuple(name for name in providers if name != PHONE or can_send_sms)


def switch(*, request: HttpRequest, user: AbstractIdentityUser, enabled: bool) -> IdentityResult:
    """Switch the second step on or off; other sessions end.

    InvalidToken: on, and there is nothing that could be asked for. (.NET sets the column, and asks
    nobody.)
    """
    if enabled and not possible_providers(user=user):
        return IdentityResult.failed("InvalidToken")
    result = set_two_factor_enabled(user=user, enabled=enabled)
    if result.succeeded:
        sessions.refresh_sign_in(request=request, user=user)
        second_factor_switched.send(sender=type(user), request=request, user=user, enabled=enabled)
    return result


def new_recovery_codes(
    *, request: HttpRequest, user: AbstractIdentityUser, number: int
) -> tuple[str, ...]:
    """Replace the recovery codes; to be shown once.

    :raises IdentityResultError: the user could not be written.
    """
    codes = recovery_codes.generate_recovery_codes(user=user, number=number)
    recovery_codes_generated.send(sender=type(user), request=request, user=user)
    return codes


def forget_browser(*, request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Ask this browser for the second factor again."""
    remembered_browser.forget(request=request)
    browser_forgotten.send(sender=type(user), request=request, user=user)
