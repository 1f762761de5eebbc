"""Recovery codes: one row of AspNetUserTokens, the codes joined by ``;`` in clear text.

Source: UserManager.GenerateNewTwoFactorRecoveryCodesAsync and UserStoreBase.RedeemCodeAsync. New
codes look like ``7DGWX-NFYY3``, those of old versions like ``0a1b2c3d``. They are compared exactly;
pages may take blanks off before. Old .NET versions accepted "" once the list was empty, newer ones
throw: here it is refused like any wrong code.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from .errors import RecoveryCodeError

ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"
"""26 symbols that are hard to mistake for one another and spell no word."""

SEPARATOR = ";"
MAX_CODES = 1000
MAX_CODE_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class RedeemResult:
    """What redeeming a code did."""

    succeeded: bool

    remaining_stored: str | None
    """The value to store now: "" once all are used, None if there was no row. Unchanged on
    failure."""


def new_code() -> str:
    """Return one code: two groups of five symbols, 47 bits."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{symbols[:5]}-{symbols[5:]}"


def generate(count: int) -> tuple[str, ...]:
    """Return this many different codes. Raises RecoveryCodeError beyond 0 to MAX_CODES."""
    if not 0 <= count <= MAX_CODES:
        raise RecoveryCodeError(f"{count} codes asked for, expected 0 to {MAX_CODES}")
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes[new_code()] = None
    return tuple(codes)


def split(stored: str | None) -> tuple[str, ...]:
    """Return the codes of a stored value, in order; damaged entries ("") as they stand."""
    return tuple(stored.split(SEPARATOR)) if stored else ()


def join(codes: tuple[str, ...]) -> str:
    """Return the value to store."""
    return SEPARATOR.join(codes)


def count(stored: str | None) -> int:
    """Return UserManager.CountRecoveryCodesAsync: how many entries are left."""
    return len(split(stored))


def redeem(stored: str | None, code: str) -> RedeemResult:
    """Use a code up. All equal entries go with it; every entry is compared, in constant time."""
    failed = RedeemResult(False, stored)
    if not code or len(code) > MAX_CODE_CHARACTERS:
        return failed
    given = code.encode("utf-8", "surrogatepass")
    codes = split(stored)
    remaining = tuple(
        entry
        for entry in codes
        if not hmac.compare_digest(entry.encode("utf-8", "surrogatepass"), given)
    )
    return failed if len(remaining) == len(codes) else RedeemResult(True, join(remaining))
