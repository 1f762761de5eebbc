"""Recovery codes: one row of AspNetUserTokens, each code good for one sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet import recovery_codes
from identity_bridge.exceptions import ConcurrencyFailure
from identity_bridge.models import UserToken
from identity_bridge.models.tokens import INTERNAL_PROVIDER, RECOVERY_CODES

from .results import IdentityResult
from .saving import database_of, update_user
from .tokens import get_authentication_token, put_token

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def generate_recovery_codes(*, user: AbstractIdentityUser, number: int) -> tuple[str, ...]:
    """Replace all codes by this many new ones (GenerateNewTwoFactorRecoveryCodesAsync).

    :raises IdentityResultError: the user could not be written.
    :raises RecoveryCodeError: a number beyond 0 to 1000.
    """
    codes = recovery_codes.generate(number)
    stored = recovery_codes.join(codes)
    update_user(
        user, rows=lambda: put_token(user, INTERNAL_PROVIDER, RECOVERY_CODES, stored)
    ).raise_for_errors()
    return codes


def count_recovery_codes(*, user: AbstractIdentityUser) -> int:
    """Return how many codes are left (CountRecoveryCodesAsync)."""
    return recovery_codes.count(_stored(user))


@sensitive_variables("code", "stored", "redeemed")
def redeem_recovery_code(*, user: AbstractIdentityUser, code: str) -> IdentityResult:
    """Use up a code (RedeemTwoFactorRecoveryCodeAsync); RecoveryCodeRedemptionFailed.

    Of two requests with one code, one succeeds: both the row and the user are guarded.
    """
    stored = _stored(user)
    redeemed = recovery_codes.redeem(stored, code)
    if not redeemed.succeeded:
        return IdentityResult.failed("RecoveryCodeRedemptionFailed")

    def take_out() -> None:
        rows = UserToken._base_manager.using(database_of(user)).filter(
            user_id=user.pk, login_provider=INTERNAL_PROVIDER, name=RECOVERY_CODES, value=stored
        )
        if not rows.update(value=redeemed.remaining_stored):
            raise ConcurrencyFailure("the recovery codes were changed since they were read")

    return update_user(user, rows=take_out)


def _stored(user: AbstractIdentityUser) -> str | None:
    return get_authentication_token(
        user=user, login_provider=INTERNAL_PROVIDER, name=RECOVERY_CODES
    )
