"""UserValidator and RoleValidator: which names and addresses are allowed.

Whether one is taken is the caller's knowledge: pass ``is_taken``, which receives the normalised
form and answers whether *another* user or role has it. Without it uniqueness is not checked.
Normalising may raise NormalizationError, where .NET throws ArgumentException.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters, digits

from . import utf16
from .errors import IdentityError, identity_error
from .normalization import normalize_name

DEFAULT_ALLOWED_CHARACTERS = ascii_letters + digits + "-._@+"
"""UserOptions.AllowedUserNameCharacters. Empty text allows everything."""

IsTaken = Callable[[str], bool]


def validate_user_name(
    name: str | None,
    allowed_characters: str = DEFAULT_ALLOWED_CHARACTERS,
    *,
    is_taken: IsTaken | None = None,
) -> tuple[IdentityError, ...]:
    """Return why this cannot be a user name; empty if it can."""
    if name is None or utf16.is_blank(name) or not _consists_of(name, allowed_characters):
        return (identity_error("InvalidUserName", name),)
    return _taken("DuplicateUserName", name, is_taken)


def validate_email(
    email: str | None, *, is_taken: IsTaken | None = None
) -> tuple[IdentityError, ...]:
    """Return why this cannot be a user's address.

    .NET asks this only with RequireUniqueEmail; without it any text, and none, is accepted.
    """
    if email is None or utf16.is_blank(email) or not is_email_address(email):
        return (identity_error("InvalidEmail", email),)
    return _taken("DuplicateEmail", email, is_taken)


def validate_role_name(
    name: str | None, *, is_taken: IsTaken | None = None
) -> tuple[IdentityError, ...]:
    """Return why this cannot be a role name."""
    if name is None or utf16.is_blank(name):
        return (identity_error("InvalidRoleName", name),)
    return _taken("DuplicateRoleName", name, is_taken)


def is_email_address(text: str) -> bool:
    """Return EmailAddressAttribute.IsValid: one @, not at an end, and no line break."""
    return (
        text.count("@") == 1
        and not text.startswith("@")
        and not text.endswith("@")
        and "\r" not in text
        and "\n" not in text
    )


def _consists_of(name: str, allowed_characters: str) -> bool:
    # Unit by unit: .NET allows half an emoji if the other half came with another one.
    return not allowed_characters or set(utf16.units(name)) <= set(utf16.units(allowed_characters))


def _taken(code: str, name: str, is_taken: IsTaken | None) -> tuple[IdentityError, ...]:
    if is_taken is None:
        return ()
    normalized = normalize_name(name)
    assert normalized is not None  # noqa: S101 - only None gives None
    return (identity_error(code, name),) if is_taken(normalized) else ()
