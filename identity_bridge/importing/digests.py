"""Digests of whole ranges of users: what lets the second look take the equal ones at a glance.

A digest only ever says that two things are the same. Where it does not, every record of the
range is compared on its own, so nothing here decides what a difference means. Pure.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .records import CHILD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .records import PlannedUser

#: Those whose rows a database gives as lines; what passkeys hold is written in many ways.
LINE_TABLES = tuple(table for table in CHILD_FIELDS if table != "user_passkeys")


@dataclass(frozen=True, slots=True)
class RangeDigest:
    """What was read and what was to be written for one range of keys; a few bytes each."""

    source: bytes
    target: bytes
    users: int


def source_digest(
    users: Sequence[tuple[Any, ...]], children: Mapping[str, Sequence[tuple[Any, ...]]]
) -> bytes:
    """Return a digest of rows as a source gave them."""
    everything = (list(users), {name: list(rows) for name, rows in children.items()})
    try:
        # Version 0 knows no references: equal values are equal bytes, whoever else holds them.
        data = marshal.dumps(everything, 0)
    except ValueError:  # dates and UUIDs of a server's driver
        data = repr(everything).encode(errors="surrogatepass")
    return sha256(data).digest()


def lines_digest(lines: Iterable[bytes]) -> bytes:
    """Return a digest of lines in any order."""
    return sha256(b"\n".join(sorted(lines))).digest()


def record_line(key: str, fingerprint: bytes) -> bytes:
    """Return what stands for an imported record."""
    return key.encode(errors="surrogatepass") + b"\t" + fingerprint


def undeclared_line(key: str, columns: bytes) -> bytes:
    """Return what stands for the columns of a user that no field takes."""
    return key.encode(errors="surrogatepass") + b"\t" + columns


def planned_digest(
    users: Sequence[PlannedUser], records: Iterable[bytes], undeclared: Iterable[bytes]
) -> bytes:
    """Return the digest of the target once it holds these users and nobody else of the range."""
    lines: list[bytes] = []
    children: dict[str, list[bytes]] = {table: [] for table in CHILD_FIELDS}
    for user in users:
        line, child_lines = user.make_lines()
        lines.append(line)
        for table, some in child_lines.items():
            children[table] += some
    return combined(
        [
            lines_digest(lines),
            *(lines_digest(children[table]) for table in CHILD_FIELDS),
            lines_digest(records),
            lines_digest(undeclared),
        ]
    )


def combined(parts: Sequence[bytes]) -> bytes:
    """Return one digest for those of the tables: users, the side tables, records, undeclared."""
    return sha256(b"".join(parts)).digest()
