"""PasswordValidator: the rules a new password must keep."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from . import utf16
from .errors import IdentityError, identity_error

# Only ASCII counts: an umlaut is neither a letter nor a digit here, so it is "non alphanumeric".
_DIGITS = frozenset(digits)
_LOWER = frozenset(ascii_lowercase)
_UPPER = frozenset(ascii_uppercase)
_ALPHANUMERIC = frozenset(ascii_letters + digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordOptions:
    """IdentityOptions.Password, with .NET's names and defaults."""

    required_length: int = 6
    """In UTF-16 units: an emoji counts twice."""

    required_unique_chars: int = 1
    require_non_alphanumeric: bool = True
    require_lowercase: bool = True
    require_uppercase: bool = True
    require_digit: bool = True


DEFAULT_OPTIONS = PasswordOptions()


def validate_password(
    password: str, options: PasswordOptions = DEFAULT_OPTIONS
) -> tuple[IdentityError, ...]:
    """Return every rule the password breaks, in .NET's order; empty if it is good."""
    letters = frozenset(password)
    broken: list[IdentityError] = []
    # White space alone is "too short" whatever the required length.
    if utf16.is_blank(password) or utf16.length(password) < options.required_length:
        broken.append(identity_error("PasswordTooShort", options.required_length))
    if options.require_non_alphanumeric and letters <= _ALPHANUMERIC:
        broken.append(identity_error("PasswordRequiresNonAlphanumeric"))
    if options.require_digit and letters.isdisjoint(_DIGITS):
        broken.append(identity_error("PasswordRequiresDigit"))
    if options.require_lowercase and letters.isdisjoint(_LOWER):
        broken.append(identity_error("PasswordRequiresLower"))
    if options.require_uppercase and letters.isdisjoint(_UPPER):
        broken.append(identity_error("PasswordRequiresUpper"))
    required = options.required_unique_chars
    if required >= 1 and len(set(utf16.units(password))) < required:
        broken.append(identity_error("PasswordRequiresUniqueChars", required))
    return tuple(broken)
