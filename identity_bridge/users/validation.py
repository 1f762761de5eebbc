"""UserValidator, RoleValidator and PasswordValidator with the project's settings.

Names are also refused where the database could not take them and .NET would throw: half a
surrogate pair, a NUL, more than the column holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet import user_name_policy
from identity_bridge.aspnet.errors import IdentityError, NormalizationError, identity_error
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.aspnet.password_policy import validate_password as broken_rules
from identity_bridge.conf import get_settings
from identity_bridge.passwords.validators import password_options

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser, Role

_MAX_NAME_CHARACTERS = 256  # UserName, Email and the Name of a role


def validate_user(user: AbstractIdentityUser) -> tuple[IdentityError, ...]:
    """Return why this user cannot be stored (UserValidator); one or two statements."""
    settings = get_settings()
    if _is_unstorable(user.username):
        errors: tuple[IdentityError, ...] = (identity_error("InvalidUserName", user.username),)
    else:
        errors = user_name_policy.validate_user_name(
            user.username,
            settings.USER_ALLOWED_USER_NAME_CHARACTERS,
            is_taken=lambda normalized: (
                _others(user).filter(normalized_username=normalized).exists()
            ),
        )
    if _is_unstorable(user.email):
        return (*errors, identity_error("InvalidEmail", user.email))
    if settings.USER_REQUIRE_UNIQUE_EMAIL:
        errors += user_name_policy.validate_email(
            user.email,
            is_taken=lambda normalized: _others(user).filter(normalized_email=normalized).exists(),
        )
    return errors


def validate_role(role: Role) -> tuple[IdentityError, ...]:
    """Return why this role cannot be stored (RoleValidator); one statement."""
    if _is_unstorable(role.name):
        return (identity_error("InvalidRoleName", role.name),)
    return user_name_policy.validate_role_name(
        role.name,
        is_taken=lambda normalized: _others(role).filter(normalized_name=normalized).exists(),
    )


@sensitive_variables("password")
def validate_password(password: str) -> tuple[IdentityError, ...]:
    """Return which rules of the settings the password breaks (PasswordValidator)."""
    return broken_rules(password, password_options())


def _others(instance: Any) -> Any:
    rows = type(instance)._base_manager.using(instance._state.db)
    return rows if instance._state.adding else rows.exclude(pk=instance.pk)


def _is_unstorable(text: str | None) -> bool:
    if text is None:
        return False
    try:
        normalize_name(text)
    except NormalizationError:
        return True
    return "\x00" in text or len(text) > _MAX_NAME_CHARACTERS
