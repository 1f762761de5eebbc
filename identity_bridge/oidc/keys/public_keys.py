"""Public keys of another server, read from a file to verify what that server signed.

A JSON Web Key or a set of them (RFC 7517), keys and certificates in PEM (RFC 7468), a certificate
in DER. Of a private key only the public half is read out.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
    load_pem_public_key,
)
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS

from . import material
from .material import BadKey

MAX_BYTES: Final = 65_536
MAX_KEYS: Final = 20
MAX_KEY_ID: Final = 200
RSA_BITS: Final = (2048, 8192)
"""RFC 7518, section 3.3; and nobody should pay for a larger one at every token."""

_EXPECTED: Final = (
    "expected a JSON Web Key, a set of them, a public key or certificate in PEM, "
    "or a certificate in DER"
)
_PUBLIC_MEMBERS: Final = ("kty", "n", "e", "crv", "x", "y")
_PRIVATE_MEMBERS: Final = frozenset(["d", "p", "q", "dp", "dq", "qi", "oth"])
#: A block ends at the next five dashes, so that a file of beginnings is read once.
_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----).)*-----END \1-----", re.DOTALL)
_FAILURES: Final = (JWException, UnsupportedAlgorithm, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to verify with; ``members`` is its JSON Web Key."""

    key_id: str
    algorithm: str
    members: dict[str, Any]


@dataclass(slots=True)
class Found:
    """What a file holds, and sentences about what was left out of it."""

    keys: list[PublicKey] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """One key of the file, as far as the file says what it is."""

    place: str
    key: Any
    key_id: str | None = None
    algorithm: str | None = None
    certificate: x509.Certificate | None = None


def read(data: bytes, *, key_id: str | None = None, algorithm: str | None = None) -> Found:
    """Return the public keys of a file.

    ``key_id``, ``algorithm``: for keys that do not say them. A certificate has IdentityServer's
    key id otherwise: its SHA-1 thumbprint in capital hexadecimal digits, and the algorithm. An RSA
    key is for RS256 otherwise, the others are for the one algorithm of their curve.

    :raises BadKey: what was found and what was expected
    """
    if len(data) > MAX_BYTES:
        raise BadKey(f"The file is larger than {MAX_BYTES} bytes: {_EXPECTED}.")
    found = Found()
    parts = list(_parts(data, found.notes))
    if not parts:
        raise BadKey(f"The file has no key to verify with: {_EXPECTED}.")
    if len(parts) > MAX_KEYS:
        raise BadKey(f"The file has {len(parts)} keys: expected at most {MAX_KEYS}.")
    if key_id is not None and len(parts) > 1:
        raise BadKey(f"The file has {len(parts)} keys: expected one for one key id.")
    for part in parts:
        key = _public_key(part, key_id, algorithm)
        same = [one for one in found.keys if one.key_id == key.key_id]
        if not same:
            found.keys.append(key)
        elif same[0] != key:
            raise BadKey(f"Two keys of the file have the id {key.key_id!r}: expected one each.")
    return found


def _parts(data: bytes, notes: list[str]) -> Iterator[_Part]:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith((b"{", b"[")):
        return _of_json(text, notes)
    if b"-----BEGIN " in text:
        return _of_pem(text, notes)
    return _of_der(data)


def _of_json(text: bytes, notes: list[str]) -> Iterator[_Part]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadKey(f"The file is no JSON: {_EXPECTED}.") from None
    is_set = isinstance(document, dict) and isinstance(document.get("keys"), list)
    for number, members in enumerate(document["keys"] if is_set else [document]):
        place = f"keys[{number}]" if is_set else "The key"
        if not isinstance(members, dict) or "kty" not in members:
            raise BadKey(f"{place} is no JSON Web Key: expected an object with 'kty'.")
        if members["kty"] == "oct":
            raise BadKey(f"{place} is a symmetric key: expected a public one.")
        if members.get("use") == "enc":
            notes.append(f"{place} is for encryption, and was left out.")
            continue
        if _PRIVATE_MEMBERS & members.keys():
            notes.append(_not_kept(place))
        yield _of_jwk(place, members)


def _of_jwk(place: str, members: dict[str, Any]) -> _Part:
    public = {name: members[name] for name in _PUBLIC_MEMBERS if name in members}
    certificate = None
    try:
        key = JWK(**public).get_op_key("verify")
        if members.get("x5c"):
            certificate = x509.load_der_x509_certificate(b64decode(members["x5c"][0]))
            if certificate.public_key() != key:  # RFC 7517, section 4.7
                raise BadKey(f"{place} has a certificate of another key: expected its own in x5c.")
    except (*_FAILURES, KeyError):
        raise BadKey(f"{place} is no public key that can be used: {_EXPECTED}.") from None
    for name in ("kid", "alg"):
        if not isinstance(members.get(name, ""), str):
            raise BadKey(f"{place}.{name} is {members[name]!r}: expected a text.")
    return _Part(place, key, members.get("kid"), members.get("alg"), certificate)


def _of_pem(text: bytes, notes: list[str]) -> Iterator[_Part]:
    certificates: list[tuple[str, x509.Certificate]] = []
    others: list[tuple[str, Any]] = []
    for number, block in enumerate(_PEM.finditer(text)):
        label = block[1].decode()
        place = f"PEM block {number + 1} ({label})"
        if label == "ENCRYPTED PRIVATE KEY" or b"Proc-Type: 4,ENCRYPTED" in block[0]:
            raise BadKey(f"{place} is encrypted: expected the public key or the certificate.")
        try:
            if label in {"CERTIFICATE", "X509 CERTIFICATE"}:
                certificates.append((place, x509.load_pem_x509_certificate(block[0])))
            elif label in {"PUBLIC KEY", "RSA PUBLIC KEY"}:
                others.append((place, load_pem_public_key(block[0])))
            elif label in {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}:
                others.append((place, load_pem_private_key(block[0], None).public_key()))
                notes.append(_not_kept(place))
            elif label != "EC PARAMETERS":
                raise BadKey(f"{place}: expected a public key or a certificate.")
        except _FAILURES:
            raise BadKey(f"{place} cannot be read: {_EXPECTED}.") from None
    known = []
    for place, one in certificates:
        if any(one.subject == other.issuer and one != other for _, other in certificates):
            notes.append(f"{place} issued another certificate of the file, and was left out.")
            continue
        part = _of_certificate(place, one)
        known.append(part.key)
        yield part
    for place, key in others:
        if key not in known:  # the key of a certificate beside it is the same
            yield _Part(place, key)


def _of_der(data: bytes) -> Iterator[_Part]:
    try:
        certificate = x509.load_der_x509_certificate(data)
    except _FAILURES:
        raise BadKey(
            f"The file is of no kind that is known: {_EXPECTED}. Of a PFX, "
            "'openssl pkcs12 -in FILE -clcerts -nokeys' writes the certificate."
        ) from None
    yield _of_certificate("The certificate", certificate)


def _of_certificate(place: str, certificate: x509.Certificate) -> _Part:
    try:
        return _Part(place, certificate.public_key(), certificate=certificate)
    except _FAILURES:
        raise BadKey(
            f"{place} has a key that cannot be used: expected RSA, EC or Ed25519."
        ) from None


def _not_kept(place: str) -> str:
    return (
        f"{place} has a private part, which was not kept: this server signs with keys of its own."
    )


def _public_key(part: _Part, key_id: str | None, algorithm: str | None) -> PublicKey:
    place = part.place
    try:
        key = JWK.from_pyca(part.key)
    except _FAILURES:
        raise BadKey(f"{place} is of no type that is known: expected RSA, EC or Ed25519.") from None
    used = _one_of(f"{place}.alg", part.algorithm, algorithm) or _usual_algorithm(place, key)
    if not material.fits(key, used):
        kind = " ".join(str(key[name]) for name in ("kty", "crv") if key.get(name))
        known = used in ALGORITHMS
        what = "a key for it" if known else f"one of {', '.join(ALGORITHMS)}"
        raise BadKey(f"{place} is an {kind} key for {used!r}: expected {what}.")
    if isinstance(part.key, RSAPublicKey) and not RSA_BITS[0] <= part.key.key_size <= RSA_BITS[1]:
        raise BadKey(
            f"{place} has {part.key.key_size} bits: expected {RSA_BITS[0]} to {RSA_BITS[1]}."
        )
    named = _one_of(f"{place}.kid", part.key_id, key_id)
    if named is None and part.certificate is not None:
        named = part.certificate.fingerprint(SHA1()).hex().upper() + used  # noqa: S303 - a name
    if not named or len(named) > MAX_KEY_ID or not named.isprintable():
        raise BadKey(
            f"{place} has the key id {named!r}: expected the 'kid' of the tokens' header, at most "
            f"{MAX_KEY_ID} characters. Where the file has none, give it by --kid."
        )
    members = material.public_part(key) | {"kid": named, "use": "sig", "alg": used}
    if part.certificate is not None:
        members |= _certificate_members(part.certificate)
    return PublicKey(named, used, members)


def _one_of(place: str, said: str | None, given: str | None) -> str | None:
    if said is not None and given is not None and said != given:
        raise BadKey(f"{place} is {said!r} in the file: expected {given!r}, or no option.")
    return said if said is not None else given


def _usual_algorithm(place: str, key: JWK) -> str:
    fitting = [name for name in ALGORITHMS if material.fits(key, name)]
    if not fitting:
        kind = " ".join(str(key[name]) for name in ("kty", "crv") if key.get(name))
        known = ", ".join(ALGORITHMS)
        raise BadKey(f"{place} is an {kind} key: expected one for {known}.")
    return fitting[0]


def _certificate_members(certificate: x509.Certificate) -> dict[str, Any]:
    """RFC 7517, sections 4.7 and 4.8: .NET looks keys up by ``x5t`` too."""
    thumbprint = certificate.fingerprint(SHA1())  # noqa: S303 - the name of a certificate
    return {
        "x5t": urlsafe_b64encode(thumbprint).rstrip(b"=").decode(),
        "x5c": [b64encode(certificate.public_bytes(Encoding.DER)).decode()],
    }
