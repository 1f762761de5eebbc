"""The authenticator data: what the authenticator says and signs (WebAuthn, section 6.1)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from . import library
from .errors import PasskeyRefused

MAX_PUBLIC_KEY_BYTES = 4096
_BEFORE_ID = 55
"""rpIdHash 32, flags 1, signCount 4, AAGUID 16, length of the id 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatorData:
    """The members that decide."""

    rp_id_hash: bytes
    user_present: bool
    user_verified: bool
    backup_eligible: bool
    backed_up: bool
    sign_count: int
    credential_id: bytes | None
    """None where the authenticator names no credential, as in an assertion."""
    public_key: bytes | None
    """COSE_Key, the very bytes that came."""


def read_attestation_object(attestation_object: bytes) -> AuthenticatorData:
    """Return what an attestation object says of a new credential.

    The statement about the maker is not verified: none is asked for, as in .NET.

    :raises PasskeyRefused: it cannot be read.
    """
    helpers = library.helpers()
    try:
        found = helpers.parse_cbor(attestation_object)
    except Exception:  # whatever the library raises
        raise PasskeyRefused("the attestation object is not CBOR") from None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("fmt"), str)
        or not isinstance(found.get("attStmt"), dict)
        or not isinstance(found.get("authData"), bytes)
    ):
        raise PasskeyRefused("the attestation object lacks fmt, attStmt or authData")
    return read_authenticator_data(found["authData"])


def read_authenticator_data(data: bytes) -> AuthenticatorData:
    """Read it.

    :raises PasskeyRefused: it is too short, too long, or its CBOR is not canonical.
    """
    helpers = library.helpers()
    try:
        found = helpers.parse_authenticator_data(data)
    except Exception:  # whatever the library raises
        raise PasskeyRefused(f"the authenticator data of {len(data)} bytes is damaged") from None
    attested = found.attested_credential_data
    if attested is not None:
        start = _BEFORE_ID + len(attested.credential_id)
        # The library returns its own encoding of the key; what is signed and kept is ours to know.
        if data[start : start + len(attested.credential_public_key)] != (
            attested.credential_public_key
        ):
            raise PasskeyRefused("the public key is not in the canonical encoding")
        if len(attested.credential_public_key) > MAX_PUBLIC_KEY_BYTES:
            raise PasskeyRefused("the public key is too long")
    return AuthenticatorData(
        rp_id_hash=found.rp_id_hash,
        user_present=found.flags.up,
        user_verified=found.flags.uv,
        backup_eligible=found.flags.be,
        backed_up=found.flags.bs,
        sign_count=found.sign_count,
        credential_id=None if attested is None else attested.credential_id,
        public_key=None if attested is None else attested.credential_public_key,
    )


def check_authenticator_data(
    data: AuthenticatorData, *, expected_rp_id: str, requires_user_verification: bool
) -> None:
    """Steps 14 to 18 of section 7.1, steps 15 to 18 of 7.2.

    :raises PasskeyRefused: it is for another site, or nobody was there.
    """
    expected = hashlib.sha256(expected_rp_id.encode("utf-8", "surrogatepass")).digest()
    if not hmac.compare_digest(data.rp_id_hash, expected):
        raise PasskeyRefused(f"made for another domain, expected {expected_rp_id[:256]!r}")
    if not data.user_present:
        raise PasskeyRefused("the user was not present")
    if requires_user_verification and not data.user_verified:
        raise PasskeyRefused("the user was not verified")
    if data.backed_up and not data.backup_eligible:
        raise PasskeyRefused("backed up without being eligible for it")
