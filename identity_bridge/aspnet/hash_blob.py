"""The bytes inside AspNetUsers.PasswordHash, and what they cost to check.

Layouts (PasswordHasher.cs; V2 is also what ASP.NET Identity 2.x and Crypto.HashPassword write)::

    V2  00 ‖ salt 16 ‖ subkey 32                                   PBKDF2-HMAC-SHA1, 1000 rounds
    V3  01 ‖ prf u32 ‖ iterations u32 ‖ salt size u32 ‖ salt ‖ subkey      all u32 big endian

stored as base64 with padding. Password bytes are UTF-8, neither normalised nor trimmed.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hmac
import secrets
import struct
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac

from .errors import (
    EmptyBlobError,
    MalformedBlobError,
    NotBase64Error,
    OversizedBlobError,
    PasswordTextError,
    UnknownBlobError,
)

# Convert.FromBase64String skips these four anywhere and nothing else.
_BASE64_WHITE_SPACE = str.maketrans("", "", " \t\r\n")
_V3_HEADER = struct.Struct(">BIII")
_V2_BYTES = 49
_V2_ITERATIONS = 1000
_MIN_BYTES = 16  # PasswordHasher refuses shorter salts and subkeys
_MAX_INT32 = 0x7FFF_FFFF  # .NET reads the counts as signed


class Prf(enum.IntEnum):
    """KeyDerivationPrf: the hash inside PBKDF2's HMAC, by the number V3 stores."""

    SHA1 = 0
    SHA256 = 1
    SHA512 = 2

    @property
    def hashlib_name(self) -> str:
        return _HASHLIB_NAMES[self]

    @property
    def digest_bytes(self) -> int:
        return _DIGEST_BYTES[self]


_HASHLIB_NAMES = ("sha1", "sha256", "sha512")
_DIGEST_BYTES = (20, 32, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a stored hash may ask of us. .NET has no limits; a hostile row could hang it."""

    max_iterations: int = 5_000_000
    """PBKDF2 rounds; a subkey longer than two digests costs them once per digest."""

    max_salt_bytes: int = 4096

    max_subkey_bytes: int = 4096

    max_blob_characters: int = 8192
    """Length of the base64 text, white space included; looked at before it is decoded."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Blob:
    """A password hash with its parameters. Reading one costs no hashing."""

    version: int
    """2 or 3."""

    prf: Prf

    iterations: int

    salt: bytes

    subkey: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str, *, limits: Limits = DEFAULT_LIMITS) -> Blob:
        """Read the text of a PasswordHash column.

        Accepts what .NET can verify and nothing else. Iterations, salt and subkey sizes are not
        compared with the limits here: see ``is_within``. Raises a subclass of BlobError.
        """
        raw = _decode(text, limits)
        if raw[0] == 0:
            if len(raw) != _V2_BYTES:
                raise MalformedBlobError(f"V2 has {len(raw)} bytes, expected {_V2_BYTES}")
            return cls(2, Prf.SHA1, _V2_ITERATIONS, raw[1:17], raw[17:])
        if raw[0] != 1:
            raise UnknownBlobError(f"first byte is {raw[0]:#04x}, expected 0x00 or 0x01")
        header = read_v3_header(raw)
        if header is None:
            raise MalformedBlobError("V3 header is cut or out of range")
        prf, iterations, salt_bytes = header
        salt_end = _V3_HEADER.size + salt_bytes
        if salt_bytes < _MIN_BYTES or len(raw) - salt_end < _MIN_BYTES:
            raise MalformedBlobError(
                f"V3 has a salt of {salt_bytes} and {len(raw) - _V3_HEADER.size} bytes for salt "
                f"and subkey, expected at least {_MIN_BYTES} each"
            )
        return cls(3, prf, iterations, raw[_V3_HEADER.size : salt_end], raw[salt_end:])

    @classmethod
    def create(
        cls,
        password: str,
        *,
        version: int = 3,
        prf: Prf = Prf.SHA512,
        iterations: int = 100_000,
        salt: bytes | None = None,
        subkey_bytes: int = 32,
    ) -> Blob:
        """Hash a password as PasswordHasher.HashPassword does.

        Version 2 has fixed parameters: prf, iterations and subkey_bytes are ignored. Raises
        PasswordTextError for a lone surrogate, MalformedBlobError for parameters that .NET could
        not verify afterwards.
        """
        if version == 2:
            prf, iterations, subkey_bytes = Prf.SHA1, _V2_ITERATIONS, 32
        salt = secrets.token_bytes(_MIN_BYTES) if salt is None else salt
        if version not in (2, 3) or (version == 2 and len(salt) != _MIN_BYTES):
            raise MalformedBlobError(f"version {version} with a salt of {len(salt)} bytes")
        if not 1 <= iterations <= _MAX_INT32 or min(len(salt), subkey_bytes) < _MIN_BYTES:
            raise MalformedBlobError(
                f"{iterations} iterations, salt of {len(salt)} and subkey of {subkey_bytes} bytes; "
                f"expected at least 1, {_MIN_BYTES} and {_MIN_BYTES}"
            )
        try:
            raw = password.encode()
        except UnicodeEncodeError:
            # `from None`: the original exception carries the password.
            raise PasswordTextError("the password holds a lone surrogate") from None
        subkey = pbkdf2_hmac(prf.hashlib_name, raw, salt, iterations, subkey_bytes)
        return cls(version, prf, iterations, salt, subkey)

    def encode(self) -> str:
        """Return the text for the PasswordHash column: base64 with padding."""
        if self.version == 2:
            raw = b"\x00" + self.salt + self.subkey
        else:
            header = _V3_HEADER.pack(1, self.prf, self.iterations, len(self.salt))
            raw = header + self.salt + self.subkey
        return base64.b64encode(raw).decode("ascii")

    def is_within(self, limits: Limits) -> bool:
        """Return whether checking a password against this hash costs no more than allowed."""
        return (
            self.work <= limits.max_iterations
            and len(self.salt) <= limits.max_salt_bytes
            and len(self.subkey) <= limits.max_subkey_bytes
        )

    @property
    def work(self) -> int:
        """Rounds to compute: the iterations, times the digests in a subkey of more than two.

        Two are not counted, because .NET's own SHA1 hashes have 32 bytes of 20-byte digests.
        """
        digests = -(-len(self.subkey) // self.prf.digest_bytes)
        return self.iterations * (digests if digests > 2 else 1)

    def matches(self, password: str, *, limits: Limits = DEFAULT_LIMITS) -> bool:
        """Return whether the password is the one that was hashed.

        False, without hashing, beyond the limits and for a lone surrogate (.NET throws or fails).
        """
        if not self.is_within(limits):
            return False
        try:
            raw = password.encode()
        except UnicodeEncodeError:
            return False
        subkey = self.subkey
        computed = pbkdf2_hmac(
            _HASHLIB_NAMES[self.prf], raw, self.salt, self.iterations, len(subkey)
        )
        return hmac.compare_digest(computed, subkey)


def read_v3_header(raw: bytes) -> tuple[Prf, int, int] | None:
    """Return prf, iterations and salt size of V3 bytes; None where .NET could not use them."""
    if len(raw) < _V3_HEADER.size or raw[0] != 1:
        return None
    _, prf, iterations, salt_bytes = _V3_HEADER.unpack_from(raw)
    if prf > Prf.SHA512 or not 1 <= iterations <= _MAX_INT32 or salt_bytes > _MAX_INT32:
        return None
    return Prf(prf), iterations, salt_bytes


def _decode(text: str, limits: Limits) -> bytes:
    """Return Convert.FromBase64String(text), never empty."""
    if len(text) > limits.max_blob_characters:
        raise OversizedBlobError(
            f"{len(text)} characters, at most {limits.max_blob_characters} are read"
        )
    compact = text.translate(_BASE64_WHITE_SPACE)
    if not compact:
        raise EmptyBlobError("no hash")
    try:
        return binascii.a2b_base64(compact, strict_mode=True)
    except ValueError:
        # `from None`: what is no base64 may be a password somebody stored in the clear.
        raise NotBase64Error(f"{len(text)} characters that are not base64") from None
