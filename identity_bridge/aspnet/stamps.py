"""Fresh values for SecurityStamp, ConcurrencyStamp and Id, from the system's randomness.

All of them are opaque to readers: compare them exactly, never by shape. (`new IdentityUser()`
presets a GUID as security stamp, ASP.NET Identity 2.x always writes one.)
"""

from __future__ import annotations

import base64
import secrets
import uuid


def new_base32_key() -> str:
    """Return 20 random bytes as 32 letters of A-Z2-7 (Base32.GenerateBase32)."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def new_security_stamp() -> str:
    """Return what UserManager.UpdateSecurityStampAsync stores: 32 letters of A-Z2-7."""
    return new_base32_key()


def new_concurrency_stamp() -> str:
    """Return Guid.NewGuid().ToString(): 36 characters, lower case, with dashes."""
    return str(uuid.uuid4())


def new_id() -> str:
    """Return the key of a new user or role with string keys: a lower-case GUID with dashes."""
    return str(uuid.uuid4())
