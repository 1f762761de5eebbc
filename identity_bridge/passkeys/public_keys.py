"""The public keys of passkeys: which are taken, and what they verify.

A key is a COSE_Key (RFC 9052, section 7) with exactly the members of its type in canonical order,
as authenticators must send it (CTAP 2.1, section 8) and as .NET insists.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from . import library
from .errors import PasskeyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """A signature algorithm of COSE."""

    name: str
    digest: str
    curve: str = ""
    """Of ECDSA; empty for RSA."""
    is_pss: bool = False


ALGORITHMS: Mapping[int, Algorithm] = MappingProxyType(
    {
        -7: Algorithm(name="ES256", digest="SHA256", curve="secp256r1"),
        -37: Algorithm(name="PS256", digest="SHA256", is_pss=True),
        -35: Algorithm(name="ES384", digest="SHA384", curve="secp384r1"),
        -38: Algorithm(name="PS384", digest="SHA384", is_pss=True),
        -39: Algorithm(name="PS512", digest="SHA512", is_pss=True),
        -257: Algorithm(name="RS256", digest="SHA256"),
        -36: Algorithm(name="ES512", digest="SHA512", curve="secp521r1"),
        -258: Algorithm(name="RS384", digest="SHA384"),
        -259: Algorithm(name="RS512", digest="SHA512"),
    }
)
"""Those that ASP.NET Core Identity knows, in its order of preference."""

_EC2_MEMBERS = [1, 3, -1, -2, -3]  # kty, alg, crv, x, y
_RSA_MEMBERS = [1, 3, -1, -2]  # kty, alg, n, e
_MIN_RSA_BITS = 2048
_MAX_RSA_BITS = 8192
_MAX_RSA_EXPONENT = 1 << 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that can be used."""

    number: int
    """Of the algorithm in COSE."""
    key: Any

    @property
    def algorithm(self) -> Algorithm:
        return ALGORITHMS[self.number]

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell if this is a signature of the data."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding

        digest = getattr(hashes, self.algorithm.digest)()
        try:
            if self.algorithm.curve:
                self.key.verify(signature, data, ec.ECDSA(digest))
            elif self.algorithm.is_pss:
                salt = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
                self.key.verify(signature, data, salt, digest)
            else:
                self.key.verify(signature, data, padding.PKCS1v15(), digest)
        except InvalidSignature:
            return False
        return True


def read_public_key(cose_key: bytes) -> PublicKey:
    """Read the key of a passkey, new or stored.

    :raises PasskeyRefused: no such key is taken.
    """
    helpers = library.helpers()
    try:
        members = helpers.parse_cbor(cose_key)
        is_canonical = helpers.encode_cbor(members) == cose_key
        decoded = helpers.decode_credential_public_key(cose_key)
        key = _to_cryptography(decoded)
    except PasskeyRefused:
        raise
    except Exception:  # whatever the library raises
        raise PasskeyRefused("the public key cannot be read") from None
    algorithm = ALGORITHMS.get(decoded.alg) if type(decoded.alg) is int else None
    if algorithm is None:
        raise PasskeyRefused("the public key is of no algorithm that is taken")
    expected = _EC2_MEMBERS if algorithm.curve else _RSA_MEMBERS
    if not is_canonical or [name for name in members if type(name) is int] != expected:
        raise PasskeyRefused("the public key has other members, or in another order")
    if len(members) != len(expected) or hasattr(key, "curve") != bool(algorithm.curve):
        raise PasskeyRefused("the public key is not of its algorithm's type")
    return PublicKey(decoded.alg, key)


def check_new_key(key: PublicKey) -> None:
    """Refuse a curve that is not its algorithm's (WebAuthn, section 5.8.5); .NET takes it.

    :raises PasskeyRefused: as said.
    """
    if key.algorithm.curve and key.key.curve.name != key.algorithm.curve:
        raise PasskeyRefused(f"{key.algorithm.name} with the curve {key.key.curve.name}")


def _to_cryptography(decoded: Any) -> Any:
    """Return the key; RSA keys of absurd sizes would cost seconds."""
    modulus, exponent = getattr(decoded, "n", None), getattr(decoded, "e", None)
    if modulus is not None and exponent is not None:
        bits = int.from_bytes(modulus, "big").bit_length()
        if not _MIN_RSA_BITS <= bits <= _MAX_RSA_BITS:
            raise PasskeyRefused(f"an RSA key of {bits} bits")
        if int.from_bytes(exponent, "big") > _MAX_RSA_EXPONENT:
            raise PasskeyRefused("an RSA key with a large exponent")
    from webauthn.helpers.decoded_public_key_to_cryptography import (
        decoded_public_key_to_cryptography,
    )

    return decoded_public_key_to_cryptography(decoded)
