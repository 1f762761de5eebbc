"""E-mail addresses and their confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.stamps import new_security_stamp

from .results import IdentityResult
from .saving import update_user
from .token_providers import DEFAULT, generate_token, verify_token

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def set_email(*, user: AbstractIdentityUser, email: str | None) -> IdentityResult:
    """Set an address nobody has confirmed (SetEmailAsync); the present one too loses its tick."""
    return update_user(
        user, email=email, email_confirmed=False, security_stamp=new_security_stamp()
    )


def generate_email_confirmation_token(*, user: AbstractIdentityUser) -> str:
    """Return the token of the confirmation link; good for one day and until the stamp or the
    address changes."""
    return generate_token(user=user, provider=DEFAULT, purpose=_confirm_purpose(user))


@sensitive_variables("token")
def is_email_confirmation_token(*, user: AbstractIdentityUser, token: str) -> bool:
    """Tell if the token was mailed to the present address."""
    return verify_token(user=user, provider=DEFAULT, purpose=_confirm_purpose(user), token=token)


@sensitive_variables("token")
def confirm_email(*, user: AbstractIdentityUser, token: str) -> IdentityResult:
    """Confirm the present address (ConfirmEmailAsync); InvalidToken. The stamp stays."""
    if not is_email_confirmation_token(user=user, token=token):
        return IdentityResult.failed("InvalidToken")
    return update_user(user, email_confirmed=True)


def generate_change_email_token(*, user: AbstractIdentityUser, new_email: str) -> str:
    """Return the token that proves this new address, to be mailed to it."""
    return generate_token(user=user, provider=DEFAULT, purpose=_change_purpose(new_email))


@sensitive_variables("token")
def is_change_email_token(*, user: AbstractIdentityUser, new_email: str, token: str) -> bool:
    """Tell if the token proves this new address."""
    purpose = _change_purpose(new_email)
    return verify_token(user=user, provider=DEFAULT, purpose=purpose, token=token)


@sensitive_variables("token")
def change_email(
    *, user: AbstractIdentityUser, new_email: str, token: str, and_user_name: bool = False
) -> IdentityResult:
    """Set a confirmed address (ChangeEmailAsync); InvalidToken unless the token is for it.

    With ``and_user_name`` a user whose name is the old address is renamed in the same statement,
    as .NET's default UI does in a second one; if that name is taken, nothing is changed.
    """
    if not is_change_email_token(user=user, new_email=new_email, token=token):
        return IdentityResult.failed("InvalidToken")
    changes: dict[str, Any] = {
        "email": new_email,
        "email_confirmed": True,
        "security_stamp": new_security_stamp(),
    }
    if and_user_name and user.email and user.normalized_username == user.normalized_email:
        changes["username"] = new_email
    return update_user(user, **changes)


def _confirm_purpose(user: AbstractIdentityUser) -> str:
    # .NET's tokens do not name the address: what was mailed to one confirms the next one, if some
    # code of the project has changed it and left the stamp.
    return f"EmailConfirmation:{user.normalized_email}"


def _change_purpose(new_email: str) -> str:
    return f"ChangeEmail:{new_email}"
