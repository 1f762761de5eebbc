"""Set, change, reset and remove passwords. Each gives a new security stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.passwords.checking import check_and_upgrade, new_hash, verify

from .results import IdentityResult
from .saving import update_user
from .token_providers import DEFAULT, generate_token, verify_token
from .validation import validate_password

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


@sensitive_variables("password")
def check_password(*, user: AbstractIdentityUser, password: str) -> bool:
    """Verify a password and upgrade its hash as the settings say (CheckPasswordAsync).

    Counts nothing and looks at no lock: for people, use ``identity_bridge.signin.flow``.
    """
    return check_and_upgrade(user, password)


@sensitive_variables("password")
def add_password(*, user: AbstractIdentityUser, password: str) -> IdentityResult:
    """Give a password to a user who has none (AddPasswordAsync); UserAlreadyHasPassword."""
    if user.has_password():
        return IdentityResult.failed("UserAlreadyHasPassword")
    return _set(user, password)


@sensitive_variables("current", "new")
def change_password(*, user: AbstractIdentityUser, current: str, new: str) -> IdentityResult:
    """Replace the password by somebody who knows it (ChangePasswordAsync); PasswordMismatch."""
    if not verify(current, user.password):
        return IdentityResult.failed("PasswordMismatch")
    return _set(user, new)


def generate_password_reset_token(*, user: AbstractIdentityUser) -> str:
    """Return the token of the reset link; good for one day and until the stamp or the address
    changes."""
    return generate_token(user=user, provider=DEFAULT, purpose=_reset_purpose(user))


@sensitive_variables("token")
def is_password_reset_token(*, user: AbstractIdentityUser, token: str) -> bool:
    """Tell if the token was made for this user at the present address."""
    return verify_token(user=user, provider=DEFAULT, purpose=_reset_purpose(user), token=token)


@sensitive_variables("token", "new")
def reset_password(*, user: AbstractIdentityUser, token: str, new: str) -> IdentityResult:
    """Replace a forgotten password (ResetPasswordAsync); InvalidToken. Unlocks nobody."""
    if not is_password_reset_token(user=user, token=token):
        return IdentityResult.failed("InvalidToken")
    return _set(user, new)


def remove_password(*, user: AbstractIdentityUser) -> IdentityResult:
    """Leave the user without a password (RemovePasswordAsync); succeeds if there was none."""
    return update_user(user, password=make_password(None), security_stamp=new_security_stamp())


def _reset_purpose(user: AbstractIdentityUser) -> str:
    return f"ResetPassword:{user.normalized_email}"


@sensitive_variables("password")
def _set(user: AbstractIdentityUser, password: str) -> IdentityResult:
    if errors := validate_password(password):
        return IdentityResult(errors)
    return update_user(user, password=new_hash(password), security_stamp=new_security_stamp())
