"""IdentityPasskeyData: the JSON in column Data of AspNetUserPasskeys (.NET 10, schema version 3).

EF Core writes it differently for each database:

=========== ==================== ===================================
database    bytes                CreatedAt
=========== ==================== ===================================
sqlite      hexadecimal, upper   ``2025-11-20 10:11:12.1234567+00:00``
postgresql  base64               ``2025-11-20T10:11:12.123456+00:00``
mysql       base64               ``2025-11-20T10:11:12.1234567+00:00``
mssql       base64               ``2025-11-20T10:11:12.1234567+00:00``
=========== ==================== ===================================

with the names in alphabetical order, no white space, and null for Name and Transports written out.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NoReturn

from . import date_times, passkey_cbor, utf16
from .errors import DateTimeError, PasskeyDataError

Dialect = Literal["sqlite", "postgresql", "mysql", "mssql"]

MAX_CHARACTERS = 1 << 18
"""Of the JSON text. Real ones have about 2000, certificates add a few thousand."""

_MAX_DEPTH = 16
_BYTE_MEMBERS = ("PublicKey", "AttestationObject", "ClientDataJson")
_FLAGS = ("IsUserVerified", "IsBackupEligible", "IsBackedUp")
_KNOWN = frozenset((*_BYTE_MEMBERS, *_FLAGS, "Name", "CreatedAt", "SignCount", "Transports"))
_HEX = re.compile("(?:[0-9A-Fa-f]{2})*", re.ASCII)
_MICROSECONDS = re.compile(r"(\.\d{6})\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyData:
    """One passkey as .NET stores it, without its credential id (that is a column)."""

    public_key: bytes
    """COSE_Key in CBOR, as it came in the authenticator data."""

    name: str | None
    created_at: str
    """``2025-11-20T10:11:12.1234567+00:00``: text, because a datetime would lose the last digit."""

    sign_count: int
    """0 to 2**32 - 1; 0 for most synchronised passkeys."""

    transports: tuple[str, ...] | None
    is_user_verified: bool
    is_backup_eligible: bool
    is_backed_up: bool
    attestation_object: bytes = field(repr=False)
    client_data_json: bytes = field(repr=False)
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Members this version does not know, to be written back unchanged."""

    @property
    def created(self) -> datetime:
        """CreatedAt in UTC, cut to microseconds."""
        return date_times.parse(self.created_at)

    @property
    def cose_algorithm(self) -> int | None:
        """COSE number of the algorithm, e.g. -7 for ES256; None if the key cannot be read."""
        return passkey_cbor.cose_algorithm(self.public_key)

    @property
    def aaguid(self) -> uuid.UUID | None:
        """Model of the authenticator; None if the attestation object cannot be read."""
        return passkey_cbor.aaguid(self.attestation_object)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePasskey:
    """What stands in the column and is no passkey: kept as it is, until somebody removes it."""

    text: str = field(repr=False)


def parse(source: str | Mapping[str, Any]) -> PasskeyData:
    """Read the Data column: its text, or the mapping a driver made of a JSON column.

    The encoding is recognised. Every member but Name and Transports must be there, as in .NET.
    Raises PasskeyDataError.
    """
    members = _load(source) if isinstance(source, str) else source
    texts = [_member(members, name, str) for name in _BYTE_MEMBERS]
    # Base64 of a key that is all hexadecimal digits does not occur: 4**-100 and less.
    decode = bytes.fromhex if all(map(_HEX.fullmatch, texts)) else _from_base64
    public_key, attestation_object, client_data_json = map(decode, texts)
    flags = [_member(members, name, bool) for name in _FLAGS]
    sign_count = _member(members, "SignCount", int)
    if isinstance(sign_count, bool) or not 0 <= sign_count < 1 << 32:
        raise PasskeyDataError("SignCount is not a 32-bit number")
    try:
        created_at = date_times.canonical(_member(members, "CreatedAt", str))
    except DateTimeError as error:
        raise PasskeyDataError(f"CreatedAt: {error}") from None
    return PasskeyData(
        public_key=public_key,
        name=None if members.get("Name") is None else _member(members, "Name", str),
        created_at=created_at,
        sign_count=sign_count,
        transports=_transports(members.get("Transports")),
        is_user_verified=flags[0],
        is_backup_eligible=flags[1],
        is_backed_up=flags[2],
        attestation_object=attestation_object,
        client_data_json=client_data_json,
        extra=MappingProxyType(_extra(members)),
    )


def to_json(data: PasskeyData, *, dialect: Dialect) -> str:
    """Return the text EF Core would send to this database.

    PostgreSQL and MySQL then store it in their own order and spacing.
    """
    encode = _to_hex if dialect == "sqlite" else _to_base64
    members: dict[str, Any] = {
        **data.extra,
        "AttestationObject": encode(data.attestation_object),
        "ClientDataJson": encode(data.client_data_json),
        "CreatedAt": _created_at(data.created_at, dialect),
        "IsBackedUp": data.is_backed_up,
        "IsBackupEligible": data.is_backup_eligible,
        "IsUserVerified": data.is_user_verified,
        "Name": data.name,
        "PublicKey": encode(data.public_key),
        "SignCount": data.sign_count,
        "Transports": None if data.transports is None else list(data.transports),
    }
    written = (
        f"{_write(name)}:{_write(value, plain=name in _PLAIN)}"
        for name, value in sorted(members.items())
    )
    return f"{{{','.join(written)}}}"


def _load(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise PasskeyDataError(f"{len(text)} characters, expected at most {MAX_CHARACTERS}")
    try:
        members = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise PasskeyDataError("not JSON") from None
    if not isinstance(members, dict):
        raise PasskeyDataError(f"a JSON {type(members).__name__}, expected an object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _member(members: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = members.get(name)
    if not isinstance(value, kind):
        found = "missing" if name not in members else f"a {type(value).__name__}"
        raise PasskeyDataError(f"{name} is {found}, expected {kind.__name__}")
    return value


def _transports(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise PasskeyDataError("Transports is not a list of texts")
    return tuple(value)


def _extra(members: Mapping[str, Any]) -> dict[str, Any]:
    extra = {name: value for name, value in members.items() if name not in _KNOWN}
    if not _is_plain_json(extra, _MAX_DEPTH):
        raise PasskeyDataError(f"an unknown member is no JSON or deeper than {_MAX_DEPTH} levels")
    return extra


def _is_plain_json(value: object, depth: int) -> bool:
    if isinstance(value, Mapping):
        return depth > 0 and all(
            isinstance(name, str) and _is_plain_json(inner, depth - 1)
            for name, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return depth > 0 and all(_is_plain_json(inner, depth - 1) for inner in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _from_base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise PasskeyDataError("a binary member is neither base64 nor hexadecimal") from None


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _to_hex(value: bytes) -> str:
    return value.hex().upper()


def _created_at(text: str, dialect: Dialect) -> str:
    if dialect == "sqlite":
        return text.replace("T", " ")
    if dialect == "postgresql":  # timestamptz has microseconds
        cut = _MICROSECONDS.sub(r"\1", text)
        return re.sub(r"\.?0+(?=[+-]\d\d:\d\d$)", "", cut) if "." in cut else cut
    return text


# Base64 and dates are written raw; JavaScriptEncoder.Default would turn their + into \u002B.
_PLAIN = frozenset((*_BYTE_MEMBERS, "CreatedAt"))

# JavaScriptEncoder.Default leaves harmless ASCII as it is; the rest is escaped, in upper case.
_ESCAPED = re.compile(r"[^ !#$%()*,./0-9:;=?@A-Z\[\]^_a-z{|}~-]")
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\"}


def _write(value: Any, *, plain: bool = False) -> str:
    if isinstance(value, str):
        return f'"{value}"' if plain else f'"{_ESCAPED.sub(_escape, value)}"'
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{_write(str(k))}:{_write(v)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_write, value))}]"
    return json.dumps(value)


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _SHORT_ESCAPES.get(letter) or "".join(f"\\u{u:04X}" for u in utf16.units(letter))
