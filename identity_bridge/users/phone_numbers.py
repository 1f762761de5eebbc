"""Telephone numbers and their confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.one_time_codes import change_phone_number_purpose
from identity_bridge.aspnet.stamps import new_security_stamp

from .results import IdentityResult
from .saving import update_user
from .token_providers import PHONE, generate_token, verify_token

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def set_phone_number(*, user: AbstractIdentityUser, phone_number: str | None) -> IdentityResult:
    """Set a number nobody has confirmed (SetPhoneNumberAsync). Any text is a number, as in .NET."""
    return update_user(
        user,
        phone_number=phone_number,
        phone_number_confirmed=False,
        security_stamp=new_security_stamp(),
    )


def generate_change_phone_number_token(*, user: AbstractIdentityUser, phone_number: str) -> str:
    """Return the six digits to send to the new number; good for some 6 to 9 minutes."""
    purpose = change_phone_number_purpose(phone_number)
    return generate_token(user=user, provider=PHONE, purpose=purpose)


@sensitive_variables("token")
def change_phone_number(
    *, user: AbstractIdentityUser, phone_number: str, token: str
) -> IdentityResult:
    """Set a confirmed number (ChangePhoneNumberAsync); InvalidToken unless the code is for it."""
    purpose = change_phone_number_purpose(phone_number)
    if not verify_token(user=user, provider=PHONE, purpose=purpose, token=token):
        return IdentityResult.failed("InvalidToken")
    return update_user(
        user,
        phone_number=phone_number,
        phone_number_confirmed=True,
        security_stamp=new_security_stamp(),
    )
