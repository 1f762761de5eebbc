"""The algorithms that we and our clients may sign tokens with (RFC 7518, section 3.1; RFC 8037)."""

from __future__ import annotations

from typing import Any, Final

#: JWS algorithm -> the type and the curve of its keys, as members of a JSON Web Key.
KEY_TYPES: Final[dict[str, dict[str, Any]]] = {
    **{f"{family}{bits}": {"kty": "RSA"} for family in ("RS", "PS") for bits in (256, 384, 512)},
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "ES512": {"kty": "EC", "crv": "P-521"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
}
ALGORITHMS: Final = tuple(KEY_TYPES)
"""With a key pair, of which others have the public key."""
SYMMETRIC: Final = ("HS256", "HS384", "HS512")
"""With a secret that client and server keep in clear."""
