"""The errors of UserManager as people read them: .NET's English, and what a translation says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import Form
    from django.utils.functional import _StrPromise

    from identity_bridge.aspnet.errors import IdentityError

# In English letter by letter what IdentityErrorDescriber has; {0} is the name, address or number.
TEXTS: dict[str, _StrPromise] = {
    "DefaultError": _("An unknown failure has occurred."),
    "ConcurrencyFailure": _("Optimistic concurrency failure, object has been modified."),
    "PasswordMismatch": _("Incorrect password."),
    "InvalidToken": _("Invalid token."),
    "RecoveryCodeRedemptionFailed": _("Recovery code redemption failed."),
    "LoginAlreadyAssociated": _("A user with this login already exists."),
    "InvalidUserName": _("Username '{0}' is invalid, can only contain letters or digits."),
    "InvalidEmail": _("Email '{0}' is invalid."),
    "DuplicateUserName": _("Username '{0}' is already taken."),
    "DuplicateEmail": _("Email '{0}' is already taken."),
    "InvalidRoleName": _("Role name '{0}' is invalid."),
    "DuplicateRoleName": _("Role name '{0}' is already taken."),
    "UserAlreadyHasPassword": _("User already has a password set."),
    "UserLockoutNotEnabled": _("Lockout is not enabled for this user."),
    "UserAlreadyInRole": _("User already in role '{0}'."),
    "UserNotInRole": _("User is not in role '{0}'."),
    "PasswordTooShort": _("Passwords must be at least {0} characters."),
    "PasswordRequiresUniqueChars": _("Passwords must use at least {0} different characters."),
    "PasswordRequiresNonAlphanumeric": _(
        "Passwords must have at least one non alphanumeric character."
    ),
    "PasswordRequiresDigit": _("Passwords must have at least one digit ('0'-'9')."),
    "PasswordRequiresLower": _("Passwords must have at least one lowercase ('a'-'z')."),
    "PasswordRequiresUpper": _("Passwords must have at least one uppercase ('A'-'Z')."),
}


def shown(error: IdentityError) -> str:
    """Return the error in the language of the page; as it is, if it is none of .NET's."""
    text = TEXTS.get(error.code)
    # replace, not format: a name may itself hold braces.
    return error.description if text is None else str(text).replace("{0}", error.argument)


def add_errors(form: Form, errors: Iterable[IdentityError], *, field: str | None = None) -> None:
    """Show the errors, all of them: at a field, or above the form."""
    for error in errors:
        form.add_error(field, shown(error))
