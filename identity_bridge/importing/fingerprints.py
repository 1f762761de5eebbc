"""Fingerprints of records: what tells later what changed, and on which side. Pure.

A stored fingerprint has two halves. The *source* half says what the source held at the last
import; while it stays equal the record is left alone. The *written* half says what was put into
the target, which differs where a conflict was decided. From both and the present state follows
who changed which column since. What a conflict kept out of the target is left open in the source
half, so that every later run meets the conflict again until it is settled.

One half is: a 32-bit number for each column of the user, then for each side table the number of
its rows and 64 bits for each row. A changed column of one user is overlooked once in four
billion changes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING
from zlib import crc32

from .records import CHILD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

_TABLES = tuple(CHILD_FIELDS)
_ROW_BYTES = 8
_OPEN = 0


def row_print(line: bytes) -> bytes:
    """Return 64 bits that stand for one row of a side table, from its line of COPY."""
    return blake2b(line, digest_size=_ROW_BYTES).digest()


def row_prints(lines: Sequence[bytes]) -> list[bytes]:
    """Return the prints of a user's rows; a row that stands there again gets another one."""
    prints = list(map(row_print, lines))
    if len(set(prints)) == len(prints):
        return prints
    seen: dict[bytes, int] = {}
    for at, one in enumerate(prints):
        again = seen[one] = seen.get(one, -1) + 1
        if again:
            prints[at] = row_print(b"%b\t%d" % (lines[at], again))
    return prints


def user_print(line: bytes, lines: Mapping[str, Sequence[bytes]], extra: bytes = b"") -> bytes:
    """Return one half from the lines of COPY of a user and of its rows of the side tables.

    ``extra`` stands for undeclared columns; it is one more column to the reader.
    """
    columns = line.split(b"\t")
    count = len(columns) + 1
    parts = [struct.pack(f">H{count}I", count, *map(crc32, columns), crc32(extra))]
    for table in _TABLES:
        rows = lines.get(table)
        if rows:
            parts.append(len(rows).to_bytes(4, "big"))
            parts += sorted(row_prints(rows))
        else:
            parts.append(b"\0\0\0\0")
    return b"".join(parts)


def join(source: bytes, written: bytes) -> bytes:
    """Return the fingerprint to store; equal halves are stored once."""
    if source == written:
        return b"\x01" + source
    return b"\x02" + len(source).to_bytes(4, "big") + source + written


def split(stored: bytes) -> tuple[bytes, bytes]:
    """Return the source half and the written half of a stored fingerprint."""
    stored = bytes(stored)
    if stored[:1] == b"\x01":
        return stored[1:], stored[1:]
    size = int.from_bytes(stored[1:5], "big")
    return stored[5 : 5 + size], stored[5 + size :]


@dataclass(frozen=True, slots=True)
class Half:
    """One half, taken apart."""

    columns: tuple[int, ...]
    """A number for each column; the last stands for the undeclared columns."""
    rows: dict[str, frozenset[bytes]]

    @classmethod
    def parse(cls, half: bytes) -> Half:
        count = int.from_bytes(half[:2], "big")
        columns = struct.unpack_from(f">{count}I", half, 2)
        position = 2 + 4 * count
        rows: dict[str, frozenset[bytes]] = {}
        for table in _TABLES:
            number = int.from_bytes(half[position : position + 4], "big")
            position += 4
            end = position + number * _ROW_BYTES
            rows[table] = frozenset(
                half[start : start + _ROW_BYTES] for start in range(position, end, _ROW_BYTES)
            )
            position = end
        return cls(columns, rows)

    def serialise(self) -> bytes:
        """Return the bytes that ``parse`` takes apart."""
        count = len(self.columns)
        parts = [struct.pack(f">H{count}I", count, *self.columns)]
        for table in _TABLES:
            rows = self.rows[table]
            parts.append(len(rows).to_bytes(4, "big"))
            parts += sorted(rows)
        return b"".join(parts)

    def leave_open(self, columns: Container[int], lines: Mapping[str, Sequence[bytes]]) -> Half:
        """Return a half in which some columns (by position) and rows wait to be settled."""
        return Half(
            tuple(_OPEN if at in columns else one for at, one in enumerate(self.columns)),
            {
                table: mine - {row_print(line) for line in lines.get(table, ())}
                | {_open_print(line) for line in lines.get(table, ())}
                for table, mine in self.rows.items()
            },
        )


def _open_print(line: bytes) -> bytes:
    return row_print(line + b"\topen")


def says_the_same(half: bytes, planned: bytes, lines: Mapping[str, Sequence[bytes]]) -> bool:
    """Tell if a stored source half is what the source says now, but for what it leaves open.

    ``lines`` are those of the planned rows.
    """
    if half == planned:
        return True
    mine, theirs = Half.parse(half), Half.parse(planned)
    open_rows = {
        table: [line for line in lines.get(table, ()) if _open_print(line) in mine.rows[table]]
        for table in _TABLES
    }
    if len(mine.columns) != len(theirs.columns):
        return False
    open_columns = {at for at, one in enumerate(mine.columns) if one == _OPEN}
    return theirs.leave_open(open_columns, open_rows) == mine
