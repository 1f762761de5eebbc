"""Proof Key for Code Exchange (RFC 7636), refusing downgrades (RFC 9700, section 4.8.2)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

from . import limits

PLAIN = "plain"
S256 = "S256"

# RFC 7636, section 4.1
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]+", re.ASCII)


def challenge_of(verifier: str, method: str) -> str:
    """Return the challenge that this verifier answers (section 4.2)."""
    if method == PLAIN:
        return verifier
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def is_verifier(text: str) -> bool:
    """Tell if the text has the form of a code verifier."""
    fits = limits.CODE_VERIFIER_MIN <= len(text) <= limits.CODE_VERIFIER_MAX
    return fits and _UNRESERVED.fullmatch(text) is not None


def proves(*, verifier: str, expected_challenge: str, method: str) -> bool:
    """Tell if the verifier is the one the challenge was made of."""
    if not is_verifier(verifier):
        return False
    challenge = challenge_of(verifier, method)
    return compare_digest(challenge.encode(), expected_challenge.encode())
