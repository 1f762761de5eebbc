"""Shared secrets as IdentityServer stores them: base64 of SHA-256 or SHA-512, no salt."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256, sha512
from hmac import compare_digest

from . import limits
from .configuration import Secret, SecretType


def hash_secret(secret: str, algorithm: str = "sha256") -> str:
    """Return how a secret is stored; ``algorithm`` is ``sha256`` or ``sha512``."""
    digest = sha512 if algorithm == "sha512" else sha256
    return b64encode(digest(secret.encode()).digest()).decode()


def live(secrets: Iterable[Secret], *, now: datetime) -> list[Secret]:
    """Return the secrets that are not expired."""
    return [one for one in secrets if one.expiration is None or one.expiration > now]


def matches(presented: str, secrets: Iterable[Secret], *, now: datetime) -> bool:
    """Tell if the presented text is one of the live shared secrets; looks at all of them.

    A stored value that is no base64 is passed over; in .NET it fails all the others too.
    """
    if not presented or len(presented) > limits.CLIENT_SECRET:
        return False
    given = presented.encode()
    short, long = sha256(given).digest(), sha512(given).digest()
    found = False
    for secret in live(secrets, now=now):
        if secret.type == SecretType.PLAIN_TEXT:
            found |= compare_digest(sha256(secret.value.encode()).digest(), short)
        elif secret.type == SecretType.SHARED_SECRET:
            stored = _decoded(secret.value)
            found |= compare_digest(stored, short) or compare_digest(stored, long)
    return found


def is_stored_form(value: str) -> bool:
    """Tell if the value is the base64 of a SHA-256 or SHA-512."""
    return len(_decoded(value)) in {32, 64}


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (Base64Error, ValueError):
        return b""
