"""JSON Web Tokens: signed with our keys, verified with ours or a client's (RFC 7515, RFC 7519)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jwcrypto.common import JWException, base64url_decode
from jwcrypto.jws import JWS, JWSCore

from identity_bridge.oidc.protocol import limits

from . import material, ring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwcrypto.jwk import JWK


# RFC 7515, section 3.1
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Verified:
    """A token whose signature is right; nothing else about it was checked."""

    header: dict[str, Any]
    claims: dict[str, Any]


def sign(claims: dict[str, Any], *, typ: str, algorithm: str | None = None) -> str:
    """Return the compact token, signed with our key for this algorithm."""
    key = ring.signing_key(algorithm)
    header = {"alg": key.algorithm, "kid": key.key_id, "typ": typ}
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    # Not JWS: it copies a registry of all headers for each token, which takes a third as long as
    # the signature. What it would check is known of a header made here and a key of ours.
    signed = JWSCore(
        key.algorithm, key.private, json.dumps(header, separators=(",", ":")), payload.encode()
    ).sign()
    return f"{signed['protected']}.{signed['payload'].decode()}.{signed['signature']}"


def verify_ours(token: str) -> Verified | None:
    """Return a token that one of our keys signed, None for everything else."""
    header = read_header(token)
    if header is None:
        return None
    for key in ring.published_keys():
        if key.key_id == header.get("kid") and key.algorithm == header.get("alg"):
            return _verified(token, header, key.public)
    return None


def verify_with(token: str, keys: Iterable[JWK], *, algorithms: Iterable[str]) -> Verified | None:
    """Return a token that one of these keys signed with one of these algorithms."""
    header = read_header(token)
    if header is None or header.get("alg") not in set(algorithms):
        return None
    candidates = list(keys)
    # The key that the header names first; clients that name none are common.
    candidates.sort(key=lambda key: key.get("kid") != header.get("kid"))
    for key in candidates:
        is_hmac = str(header["alg"]).startswith("HS") and key.get("kty") == "oct"
        if is_hmac or material.fits(key, str(header["alg"])):
            found = _verified(token, header, key)
            if found is not None:
                return found
    return None


def read_header(token: str) -> dict[str, Any] | None:
    """Return the header of a compact token, None if it has not that form.

    The form is checked here: jwcrypto would also read a JSON serialization, whose protected header
    is another than the one we look at.
    """
    if len(token) > limits.JWT or _COMPACT.fullmatch(token) is None:
        return None
    header = _object(token.partition(".")[0])
    if header is None or not isinstance(header.get("alg"), str):
        return None
    return header


def read_claims_unverified(token: str) -> dict[str, Any] | None:
    """Return what a token says, to find out whose key to verify it with; believe none of it."""
    return _object(token.split(".")[1]) if read_header(token) is not None else None


def _verified(token: str, header: dict[str, Any], key: JWK) -> Verified | None:
    signed = JWS()
    signed.allowed_algs = [str(header["alg"])]
    try:
        signed.deserialize(token, key)
    except (JWException, ValueError, TypeError):
        return None
    claims = _parsed(signed.payload)
    return Verified(header, claims) if claims is not None else None


def _object(part: str) -> dict[str, Any] | None:
    try:
        return _parsed(base64url_decode(part))
    except (ValueError, TypeError):
        return None


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        text = data.decode()  # json.loads() would also take other encodings, and half letters
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # so that we can say what is in it
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
