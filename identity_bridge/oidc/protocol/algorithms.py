"""The algorithms that clients may sign with (RFC 7518, section 3.1; RFC 8037, section 3.1)."""

from __future__ import annotations

from typing import Final

ASYMMETRIC: Final = (
    *(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
)
"""With a key pair, of which the public key is registered here."""

SYMMETRIC: Final = ("HS256", "HS384", "HS512")
"""With a secret that both sides keep in clear."""
