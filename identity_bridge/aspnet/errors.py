"""What this package raises, and the errors .NET shows to people.

Exceptions (each class has a stable ``code``; messages say what was found and what was expected,
never a secret)::

    AspNetError(ValueError)
    ├── BlobError                a password hash that cannot be read
    │   ├── EmptyBlobError       nothing there
    │   ├── NotBase64Error       .NET throws FormatException
    │   ├── UnknownBlobError     the first byte names no known format
    │   ├── MalformedBlobError   a known format, but cut, too long or out of range
    │   └── OversizedBlobError   larger or dearer than the limits allow
    ├── MembershipHashError      not ``hash|format|salt``
    ├── PasswordTextError        a password .NET could not encode
    ├── NormalizationError       .NET throws ArgumentException
    ├── CodeError                an authenticator key or stamp that cannot be a key
    ├── RecoveryCodeError        an impossible number of recovery codes
    ├── PasskeyDataError         the Data column of AspNetUserPasskeys is damaged
    └── DateTimeError            not a DateTimeOffset in any known spelling
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


class AspNetError(ValueError):
    """Base of everything this package raises on purpose."""

    code: ClassVar[str] = "aspnet_error"


class BlobError(AspNetError):
    code = "hash_invalid"


class EmptyBlobError(BlobError):
    code = "hash_empty"


class NotBase64Error(BlobError):
    code = "hash_not_base64"


class UnknownBlobError(BlobError):
    code = "hash_unknown_format"


class MalformedBlobError(BlobError):
    code = "hash_invalid"


class OversizedBlobError(BlobError):
    code = "hash_too_large"


class MembershipHashError(AspNetError):
    code = "membership_hash_invalid"


class PasswordTextError(AspNetError):
    code = "password_not_encodable"


class NormalizationError(AspNetError):
    code = "not_normalizable"


class CodeError(AspNetError):
    code = "code_key_invalid"


class RecoveryCodeError(AspNetError):
    code = "recovery_code_count_invalid"


class PasskeyDataError(AspNetError):
    code = "passkey_data_invalid"


class DateTimeError(AspNetError):
    code = "date_time_invalid"


@dataclass(frozen=True, slots=True)
class IdentityError:
    """One reason why an operation was refused, as .NET's IdentityError."""

    code: str
    """Stable name, e.g. ``DuplicateUserName``: what programs compare."""

    description: str
    """English text as .NET writes it: what people read."""

    argument: str = field(default="", compare=False)
    """What fills the gap of the text, for whoever writes it in another language."""


# IdentityErrorDescriber / Resources.resx of Microsoft.Extensions.Identity.Core 10.
_DESCRIPTIONS: dict[str, str] = {
    "DefaultError": "An unknown failure has occurred.",
    "ConcurrencyFailure": "Optimistic concurrency failure, object has been modified.",
    "PasswordMismatch": "Incorrect password.",
    "InvalidToken": "Invalid token.",
    "RecoveryCodeRedemptionFailed": "Recovery code redemption failed.",
    "LoginAlreadyAssociated": "A user with this login already exists.",
    "InvalidUserName": "Username '{0}' is invalid, can only contain letters or digits.",
    "InvalidEmail": "Email '{0}' is invalid.",
    "DuplicateUserName": "Username '{0}' is already taken.",
    "DuplicateEmail": "Email '{0}' is already taken.",
    "InvalidRoleName": "Role name '{0}' is invalid.",
    "DuplicateRoleName": "Role name '{0}' is already taken.",
    "UserAlreadyHasPassword": "User already has a password set.",
    "UserLockoutNotEnabled": "Lockout is not enabled for this user.",
    "UserAlreadyInRole": "User already in role '{0}'.",
    "UserNotInRole": "User is not in role '{0}'.",
    "PasswordTooShort": "Passwords must be at least {0} characters.",
    "PasswordRequiresUniqueChars": "Passwords must use at least {0} different characters.",
    "PasswordRequiresNonAlphanumeric": (
        "Passwords must have at least one non alphanumeric character."
    ),
    "PasswordRequiresDigit": "Passwords must have at least one digit ('0'-'9').",
    "PasswordRequiresLower": "Passwords must have at least one lowercase ('a'-'z').",
    "PasswordRequiresUpper": "Passwords must have at least one uppercase ('A'-'Z').",
}

IDENTITY_ERROR_CODES = tuple(_DESCRIPTIONS)


def identity_error(code: str, argument: str | int | None = None) -> IdentityError:
    """Return the error .NET's IdentityErrorDescriber makes under this name.

    ``argument`` fills the one gap some texts have (a name, an address, a number); None fills it
    with nothing, as .NET's formatter does. An unknown code is a KeyError: a bug of the caller.
    """
    text = "" if argument is None else str(argument)
    # replace, not format: a name may itself hold braces.
    return IdentityError(code, _DESCRIPTIONS[code].replace("{0}", text), text)
