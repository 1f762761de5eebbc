"""Check, make and describe password hashes as ASP.NET Core's PasswordHasher does.

The verdict equals PasswordHasher.VerifyHashedPassword of .NET 10, except that what throws there
(FormatException, EncoderFallbackException) is FAILED here, and so is a hash beyond the limits.
"""

from __future__ import annotations

import binascii
import enum
from dataclasses import dataclass
from typing import Literal

from .errors import (
    BlobError,
    EmptyBlobError,
    MalformedBlobError,
    NotBase64Error,
    OversizedBlobError,
)
from .hash_blob import DEFAULT_LIMITS, Blob, Limits, Prf, read_v3_header

__all__ = [
    "DEFAULT_LIMITS",
    "Blob",
    "HashDescription",
    "HashOptions",
    "Limits",
    "Prf",
    "Verdict",
    "describe",
    "hash_password",
    "needs_rehash",
    "verify_hashed_password",
]


class Verdict(enum.Enum):
    """PasswordVerificationResult."""

    FAILED = "Failed"
    SUCCESS = "Success"
    SUCCESS_REHASH_NEEDED = "SuccessRehashNeeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashOptions:
    """PasswordHasherOptions: how new hashes are made and which old ones are renewed."""

    compatibility: Literal["V2", "V3"] = "V3"
    """V2 writes what ASP.NET Identity 2.x can read."""

    iterations: int = 100_000
    """Rounds of new V3 hashes; V2 always has 1000."""


DEFAULT_OPTIONS = HashOptions()


def verify_hashed_password(
    blob_text: str,
    password: str,
    *,
    options: HashOptions = DEFAULT_OPTIONS,
    limits: Limits = DEFAULT_LIMITS,
) -> Verdict:
    """Compare a password with the text of a PasswordHash column. Raises nothing."""
    try:
        blob = Blob.parse(blob_text, limits=limits)
    except BlobError:
        return Verdict.FAILED
    if not blob.matches(password, limits=limits):
        return Verdict.FAILED
    return Verdict.SUCCESS_REHASH_NEEDED if needs_rehash(blob, options) else Verdict.SUCCESS


def hash_password(password: str, *, options: HashOptions = DEFAULT_OPTIONS) -> str:
    """Return the text for the PasswordHash column. Raises PasswordTextError, MalformedBlobError."""
    version = 2 if options.compatibility == "V2" else 3
    return Blob.create(password, version=version, iterations=options.iterations).encode()


def needs_rehash(blob: Blob, options: HashOptions = DEFAULT_OPTIONS) -> bool:
    """Return whether .NET would replace this hash after a successful sign-in."""
    if options.compatibility == "V2":
        # Odd but measured: in this mode .NET looks at the hash function, not at the count.
        return blob.version == 3 and blob.prf is not Prf.SHA512
    return blob.version == 2 or blob.prf is not Prf.SHA512 or blob.iterations < options.iterations


@dataclass(frozen=True, slots=True, kw_only=True)
class HashDescription:
    """What a stored hash is, for reports. Holds nothing of the hash itself."""

    kind: str
    """``v2``, ``v3_sha512_100000``, ``bcrypt``, ``argon2``, ``not_base64``, ``empty``,
    ``unknown``, ``v2_malformed``, ``v3_malformed``, ``too_large``, ``membership_…``."""

    usable: bool
    """Whether some password can match it under the limits."""

    reason: str | None = None
    """Why not: hash_empty, hash_not_base64, hash_unknown_format, hash_invalid,
    hash_iterations_over_cap, password_encrypted_with_machine_key."""

    version: int | None = None
    prf: Prf | None = None
    iterations: int | None = None


def describe(text: str, *, limits: Limits = DEFAULT_LIMITS) -> HashDescription:
    """Say what the text of a PasswordHash column is. Costs no hashing, raises nothing."""
    try:
        blob = Blob.parse(text, limits=limits)
    except MalformedBlobError:
        return _describe_malformed(text)
    except BlobError as error:
        # Too large is one more way of being invalid to those who read reports.
        why = "hash_invalid" if isinstance(error, OversizedBlobError) else error.code
        return HashDescription(kind=_foreign_kind(text, error), usable=False, reason=why)
    reason: str | None = None
    if not blob.is_within(limits):
        dear = blob.work > limits.max_iterations
        reason = "hash_iterations_over_cap" if dear else "hash_invalid"
    return HashDescription(
        kind="v2" if blob.version == 2 else _v3_kind(blob.prf, blob.iterations),
        usable=reason is None,
        reason=reason,
        version=blob.version,
        prf=blob.prf,
        iterations=blob.iterations,
    )


def _v3_kind(prf: Prf, iterations: int) -> str:
    return f"v3_{prf.hashlib_name}_{iterations}"


def _foreign_kind(text: str, error: BlobError) -> str:
    if isinstance(error, OversizedBlobError):
        return "too_large"
    if isinstance(error, EmptyBlobError):
        return "empty"
    if isinstance(error, NotBase64Error):
        if text.startswith(("$2a$", "$2b$", "$2x$", "$2y$")):
            return "bcrypt"
        return "argon2" if text.startswith("$argon2") else "not_base64"
    return "unknown"


def _describe_malformed(text: str) -> HashDescription:
    raw = binascii.a2b_base64(text)  # Blob.parse has already read it strictly and within limits
    header = read_v3_header(raw)
    if header is None:
        version = 2 if raw[0] == 0 else 3
        return HashDescription(
            kind=f"v{version}_malformed", usable=False, reason="hash_invalid", version=version
        )
    prf, iterations, _ = header
    return HashDescription(
        kind=_v3_kind(prf, iterations),
        usable=False,
        reason="hash_invalid",
        version=3,
        prf=prf,
        iterations=iterations,
    )
