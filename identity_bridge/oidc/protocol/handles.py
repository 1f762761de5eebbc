"""Handles: the random strings that stand for a code or a token, and the key they are stored by.

IdentityServer 6 and later write 64 upper-case hexadecimal digits and ``-1``; ours look the same, so
that nothing that checks their form breaks.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

HANDLE_BYTES = 32
USER_CODE_DIGITS = 9


def new_handle() -> str:
    """Return a handle of 256 random bits."""
    return f"{secrets.token_hex(HANDLE_BYTES).upper()}-1"


def new_device_code() -> str:
    """Return a device code: 64 upper-case hexadecimal digits."""
    return secrets.token_hex(HANDLE_BYTES).upper()


def new_session_id() -> str:
    """Return a ``sid``: 16 random bytes in upper-case hexadecimal digits."""
    return secrets.token_hex(16).upper()


def new_user_code() -> str:
    """Return nine digits that a person types, none of them first a zero."""
    first = str(secrets.randbelow(9) + 1)
    return first + "".join(str(secrets.randbelow(10)) for _ in range(USER_CODE_DIGITS - 1))


def stored_key(handle: str) -> str:
    """Return what is stored of a handle: SHA-256, 64 hexadecimal digits.

    The handle has 256 random bits, so a plain digest tells nobody anything.
    """
    return sha256(handle.encode()).hexdigest()
