"""Create, update, rename and delete users (UserManager's CreateAsync and its neighbours)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.normalization import normalize_email, normalize_name
from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.conf import get_settings
from identity_bridge.passwords.checking import new_hash

from .results import IdentityResult
from .saving import delete_guarded, insert, update_user
from .validation import validate_password, validate_user

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


@sensitive_variables("password")
def create(*, user: AbstractIdentityUser, password: str | None = None) -> IdentityResult:
    """Insert a new user (UserManager.CreateAsync), with a password if one is given.

    The password is judged first: if it is refused, nothing else is looked at. The user gets a
    fresh security stamp, and lockout if the settings allow it to new users.
    """
    if password is None:
        user.set_unusable_password()
    else:
        if errors := validate_password(password):
            return IdentityResult(errors)
        user.password = new_hash(password)
    user.security_stamp = new_security_stamp()
    if errors := validate_user(user):
        return IdentityResult(errors)
    if get_settings().LOCKOUT_ALLOWED_FOR_NEW_USERS:
        user.lockout_enabled = True
    user.normalized_username = normalize_name(user.username)
    user.normalized_email = normalize_email(user.email)
    return insert(user)


def update(*, user: AbstractIdentityUser) -> IdentityResult:
    """Store what was changed on the object (UserManager.UpdateAsync); the stamp stays."""
    return update_user(user)


def set_user_name(*, user: AbstractIdentityUser, username: str | None) -> IdentityResult:
    """Rename the user (SetUserNameAsync): a new security stamp even if the name is the same."""
    return update_user(user, username=username, security_stamp=new_security_stamp())


def delete(*, user: AbstractIdentityUser) -> IdentityResult:
    """Delete the user with claims, logins, tokens, passkeys and memberships (DeleteAsync)."""
    return delete_guarded(user)
