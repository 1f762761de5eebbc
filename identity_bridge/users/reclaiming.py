"""An account whose address nobody has confirmed, taken over by whoever the address belongs to.

Somebody else may have made it, and chosen its password, its external logins and its second
factor: an address in a form proves nothing. ASP.NET Core Identity confirms such an account for
the owner of the address as it is, with all that the other one can still sign in by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.models import UserClaim, UserLogin, UserPasskey, UserRole, UserToken
from identity_bridge.passwords.checking import new_hash

from .results import IdentityResult
from .saving import database_of, delete_rows, update_user
from .token_providers import DEFAULT, generate_token, verify_token
from .validation import validate_password

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def can_be_reclaimed(*, user: AbstractIdentityUser) -> bool:
    """Tell if the account is no more than a visitor can make of a form; up to two statements.

    One in which somebody has signed in, or that an administrator has given something to, stays
    with its password and its second factor.
    """
    if user.email_confirmed or user.last_login is not None or user.two_factor_enabled:
        return False
    if user.is_staff or user.is_superuser:
        return False
    database = database_of(user)
    return not any(
        model._base_manager.using(database).filter(user_id=user.pk).exists()
        for model in (UserRole, UserClaim)
    )


def generate_reclaim_token(*, user: AbstractIdentityUser) -> str:
    """Return the token of the link, for the account's unconfirmed address; good for one day and
    until the stamp or the address changes."""
    return generate_token(user=user, provider=DEFAULT, purpose=_purpose(user))


@sensitive_variables("token")
def is_reclaim_token(*, user: AbstractIdentityUser, token: str) -> bool:
    """Tell if the token is for this account, and the account can still be reclaimed."""
    is_right = verify_token(user=user, provider=DEFAULT, purpose=_purpose(user), token=token)
    return is_right and can_be_reclaimed(user=user)


@sensitive_variables("token", "new")
def reclaim(*, user: AbstractIdentityUser, token: str, new: str) -> IdentityResult:
    """Confirm the address, set the password, and take every other way in away; InvalidToken.

    External logins, passkeys, the authenticator, recovery codes and the telephone number go, all
    or nothing. A lockout stays.
    """
    if not is_reclaim_token(user=user, token=token):
        return IdentityResult.failed("InvalidToken")
    if errors := validate_password(new):
        return IdentityResult(errors)

    def without_other_ways() -> None:
        for model in (UserLogin, UserPasskey, UserToken):
            delete_rows(model._base_manager.using(database_of(user)).filter(user_id=user.pk))

    return update_user(
        user,
        rows=without_other_ways,
        password=new_hash(new),
        security_stamp=new_security_stamp(),
        email_confirmed=True,
        phone_number=None,
        phone_number_confirmed=False,
        two_factor_enabled=False,
    )


def _purpose(user: AbstractIdentityUser) -> str:
    return f"Reclaim:{user.normalized_email}"
