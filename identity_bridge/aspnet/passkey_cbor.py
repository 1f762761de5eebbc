"""The two facts a stored passkey holds only as CBOR: its algorithm and its authenticator's model.

A small reader of CBOR (RFC 8949) with definite lengths, as WebAuthn prescribes; no tags, no
floating point. It verifies nothing: that is the work of a WebAuthn library.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar

MAX_DEPTH = 8
MAX_ITEMS = 1024

_SIMPLE = {20: False, 21: True, 22: None}
_COSE_ALGORITHM = 3  # RFC 9052, section 7.1
_ATTESTED_DATA = 0x40  # WebAuthn, section 6.1: flag AT
_AAGUID = slice(37, 53)  # after rpIdHash 32, flags 1, signCount 4


def cose_algorithm(public_key: bytes) -> int | None:
    """Return the COSE algorithm of a COSE_Key, e.g. -7 for ES256; None if it cannot be read."""
    key = _read(public_key)
    algorithm = key.get(_COSE_ALGORITHM) if isinstance(key, dict) else None
    is_number = isinstance(algorithm, int) and not isinstance(algorithm, bool)
    return algorithm if is_number else None


def aaguid(attestation_object: bytes) -> uuid.UUID | None:
    """Return the AAGUID of an attestation object; None if it cannot be read.

    All zeros, which many phones and computers send, is an answer too.
    """
    attestation = _read(attestation_object)
    data = attestation.get("authData") if isinstance(attestation, dict) else None
    if not isinstance(data, bytes) or len(data) < _AAGUID.stop or not data[32] & _ATTESTED_DATA:
        return None
    return uuid.UUID(bytes=data[_AAGUID])


def _read(data: bytes) -> object:
    try:
        return _Reader(data).item()
    except _DamagedError:
        return None


class _DamagedError(Exception):
    """Not CBOR, or more of it than a passkey has."""


@dataclass(slots=True)
class _Reader:
    data: bytes
    position: int = 0
    items: int = 0

    ARGUMENT_BYTES: ClassVar[dict[int, int]] = {24: 1, 25: 2, 26: 4, 27: 8}

    def item(self, depth: int = 0) -> object:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise _DamagedError
        first = self._take(1)[0]
        major, argument = first >> 5, self._argument(first & 0x1F)
        match major:
            case 0:
                return argument
            case 1:
                return -1 - argument
            case 2:
                return self._take(argument)
            case 3:
                return self._take(argument).decode("utf-8", "replace")
            case 4:
                return [self.item(depth + 1) for _ in range(self._count(argument))]
            case 5:
                return self._map(argument, depth)
            case 7 if argument in _SIMPLE:
                return _SIMPLE[argument]
        raise _DamagedError

    def _map(self, pairs: int, depth: int) -> dict[int | str, object]:
        found: dict[int | str, object] = {}
        for _ in range(self._count(pairs)):
            key = self.item(depth + 1)
            if not isinstance(key, int | str) or key in found:
                raise _DamagedError
            found[key] = self.item(depth + 1)
        return found

    def _argument(self, short: int) -> int:
        if short < 24:
            return short
        if short not in self.ARGUMENT_BYTES:
            raise _DamagedError
        return int.from_bytes(self._take(self.ARGUMENT_BYTES[short]), "big")

    def _count(self, announced: int) -> int:
        if announced > MAX_ITEMS:
            raise _DamagedError
        return announced

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.data):
            raise _DamagedError
        taken = self.data[self.position : end]
        self.position = end
        return taken
