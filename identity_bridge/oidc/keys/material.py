"""Key pairs: made for an algorithm, read from and written to JSON Web Keys (RFC 7517)."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import load_der_x509_certificate
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS, KEY_TYPES

RSA_BITS: Final = 2048

#: JWS algorithm -> how a key for it is made.


class BadKey(IdentityBridgeError):
    """A key that is no JSON Web Key, or none for its algorithm."""

    code = "signing_key"


def generate(algorithm: str) -> JWK:
    """Return a new key pair with a random ``kid`` of 32 hexadecimal digits.

    :raises BadKey: unknown algorithm
    """
    if algorithm not in KEY_TYPES:
        raise BadKey(f"{algorithm!r} is none of {', '.join(ALGORITHMS)}.")
    how = dict(KEY_TYPES[algorithm])
    if how["kty"] == "RSA":
        how["size"] = RSA_BITS
    return JWK.generate(**how, kid=secrets.token_hex(16).upper(), use="sig", alg=algorithm)


def public_part(key: JWK) -> dict[str, Any]:
    """Return the public JWK."""
    exported: dict[str, Any] = key.export_public(as_dict=True)
    return exported


def private_part(key: JWK) -> bytes:
    """Return the whole JWK as JSON."""
    return str(key.export_private()).encode()


def load(data: bytes | dict[str, Any]) -> JWK:
    """Return the key of a JWK.

    :raises BadKey:
    """
    try:
        members = json.loads(data) if isinstance(data, bytes) else data
        return JWK(**members)
    except (JWException, TypeError, ValueError):
        raise BadKey("This is no JSON Web Key.") from None


def fits(key: JWK, algorithm: str) -> bool:
    """Tell if the key is of the type and curve that the algorithm needs."""
    wanted = KEY_TYPES.get(algorithm)
    if wanted is None or key.get("kty") != wanted["kty"]:
        return False
    return bool(wanted["kty"] == "RSA" or key.get("crv") == wanted["crv"])


def load_certificate(text: str) -> JWK:
    """Return the public key of a certificate in base64 DER.

    :raises BadKey:
    """
    try:
        certificate = load_der_x509_certificate(b64decode(text, validate=True))
        return JWK.from_pyca(certificate.public_key())
    except (JWException, Base64Error, UnsupportedAlgorithm, TypeError, ValueError):
        raise BadKey("This is no certificate.") from None


def load_octets(secret: bytes) -> JWK:
    """Return the symmetric key of a secret."""
    return JWK(kty="oct", k=urlsafe_b64encode(secret).rstrip(b"=").decode())
