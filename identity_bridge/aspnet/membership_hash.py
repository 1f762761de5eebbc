"""Passwords of SqlMembershipProvider, kept as ``hash|format|salt``.

The triple is what Microsoft's migration tutorial writes into PasswordHash: columns Password,
PasswordFormat and PasswordSalt of aspnet_Membership. Formats: 0 clear, 1 hashed, 2 encrypted with
the machine key (cannot be checked without it).

The database does not say which algorithm made a hash (SqlMembershipProvider.EncodePassword takes
it from web.config), so every algorithm with a digest of that length is tried. Password bytes are
UTF-16LE; plain algorithms hash salt ‖ password once, keyed ones use the salt as key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from .errors import MembershipHashError
from .password_hash import HashDescription

CLEAR, HASHED, ENCRYPTED = 0, 1, 2

MAX_CHARACTERS = 1024
"""Of the whole triple. The columns are nvarchar(128), so real ones stay below 260."""


@dataclass(frozen=True, slots=True)
class _Algorithm:
    name: str
    hashlib_name: str
    key_bytes: int | None
    """Default key length of the .NET class; None for a plain hash."""

    def digest(self, salt: bytes, password: bytes) -> bytes:
        if self.key_bytes is None:
            return hashlib.new(self.hashlib_name, salt + password, usedforsecurity=False).digest()
        return hmac.digest(_stretch(salt, self.key_bytes), password, self.hashlib_name)


# By digest length. The first is the likelier one: the provider's own default.
_CANDIDATES: dict[int, tuple[_Algorithm, ...]] = {
    16: (_Algorithm("MD5", "md5", None),),
    20: (_Algorithm("SHA1", "sha1", None), _Algorithm("HMACSHA1", "sha1", 64)),
    32: (_Algorithm("HMACSHA256", "sha256", 64), _Algorithm("SHA256", "sha256", None)),
    48: (_Algorithm("HMACSHA384", "sha384", 128),),
    64: (_Algorithm("SHA512", "sha512", None), _Algorithm("HMACSHA512", "sha512", 128)),
}


@dataclass(frozen=True, slots=True)
class MembershipHash:
    """One password of the Membership era."""

    password: str = field(repr=False)
    """Column Password: base64 of a digest, base64 of a ciphertext, or the clear text."""

    format: int
    """Column PasswordFormat: CLEAR, HASHED or ENCRYPTED."""

    salt: str
    """Column PasswordSalt: base64, usually of 16 bytes. Clear passwords have one too."""

    @classmethod
    def parse(cls, text: str) -> MembershipHash:
        """Read ``hash|format|salt``. Raises MembershipHashError.

        Split from the right: a clear password may hold ``|``.
        """
        if len(text) > MAX_CHARACTERS:
            raise MembershipHashError(f"{len(text)} characters, expected at most {MAX_CHARACTERS}")
        parts = text.rsplit("|", 2)
        if len(parts) != 3 or parts[1] not in ("0", "1", "2"):
            raise MembershipHashError("expected hash|format|salt with a format of 0, 1 or 2")
        parsed = cls(parts[0], int(parts[1]), parts[2])
        if parsed.format == HASHED and not (parsed._candidates() and parsed._salt_bytes()):
            raise MembershipHashError(
                "hash and salt are not base64, or the hash has the length of no known algorithm"
            )
        return parsed

    def encode(self) -> str:
        """Return the text ``parse`` reads."""
        return f"{self.password}|{self.format}|{self.salt}"

    def matches(self, password: str) -> bool:
        """Return whether this is the password; always False for an encrypted one.

        Exact, letter case of the base64 included: Microsoft's tutorial ignores it, which accepts
        hashes nobody ever wrote. In constant time for a given stored value.
        """
        return self.matching_algorithm(password) is not None

    def matching_algorithm(self, password: str) -> str | None:
        """Return the algorithm that explains the password: ``SHA1``, ``HMACSHA256``, ``clear``."""
        try:
            given = password.encode("utf-16-le")
        except UnicodeEncodeError:
            return None
        if self.format == CLEAR:
            stored = self.password.encode("utf-16-le", "surrogatepass")
            return "clear" if hmac.compare_digest(stored, given) else None
        if self.format != HASHED:
            return None
        salt = self._salt_bytes()
        if salt is None:
            return None
        found = None
        for algorithm in self._candidates():  # all of them: the time tells nothing
            computed = base64.b64encode(algorithm.digest(salt, given))
            if hmac.compare_digest(computed, self.password.encode("ascii")):
                found = algorithm.name
        return found

    def describe(self) -> HashDescription:
        """Say what it is, for reports."""
        if self.format == ENCRYPTED:
            return HashDescription(
                kind="membership_encrypted",
                usable=False,
                reason="password_encrypted_with_machine_key",
            )
        if self.format == CLEAR:
            return HashDescription(kind="membership_clear", usable=True)
        names = "_or_".join(algorithm.name.lower() for algorithm in self._candidates())
        return HashDescription(kind=f"membership_{names}", usable=True)

    def _candidates(self) -> tuple[_Algorithm, ...]:
        digest = _decode(self.password)
        return () if digest is None else _CANDIDATES.get(len(digest), ())

    def _salt_bytes(self) -> bytes | None:
        # An empty salt counts as none: it could not be stretched to a key.
        return _decode(self.salt) or None


def describe(text: str) -> HashDescription:
    """Say what a triple is, for reports; raises nothing."""
    try:
        return MembershipHash.parse(text).describe()
    except MembershipHashError:
        return HashDescription(kind="membership_malformed", usable=False, reason="hash_invalid")


def _stretch(salt: bytes, size: int) -> bytes:
    """Cut or repeat the salt until it has the length of the key, as EncodePassword does."""
    return (salt * (size // len(salt) + 1))[:size]


def _decode(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
