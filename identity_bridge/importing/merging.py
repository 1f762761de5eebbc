"""What a re-run changes in a user that was imported before. Pure.

Three states decide, column by column and row by row: what the last import read, what the source
says now, and what the target has now. Changed at the source only: taken over. Changed in Django
only: kept. Changed on both sides to different things: a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .fingerprints import row_print, row_prints
from .records import CHILD_FIELDS, USER_FIELDS, copy_line, withheld_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .fingerprints import Half
    from .records import PlannedUser

_NEVER = frozenset({"id", "concurrency_stamp"})
_GIVES_WAY = frozenset({"security_stamp", "access_failed_count"})
"""Columns that follow from others: where both sides changed them, Django's stay without a word."""

_RIGHTS = frozenset({"is_staff", "is_superuser"})

_IDENTITYS = len(USER_FIELDS)
"""Columns that stand in every fingerprint at the same place."""

_KEYS = {
    "user_logins": slice(1, 3),
    "user_tokens": slice(1, 3),
    "user_passkeys": slice(1, 2),
}
"""Where a row's own key stands; memberships and claims are their own keys."""


@dataclass(slots=True)
class Merge:
    """The changes one user needs."""

    columns: dict[str, Any] = field(default_factory=dict)
    undeclared_changed: bool = False
    insert: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    delete: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    """Columns and ``table key`` that both sides changed; no values."""
    open_columns: set[str] = field(default_factory=set)
    """Columns that stay as Django has them although the source says otherwise."""
    open_rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.insert or self.delete or self.undeclared_changed)


def merge_user(
    planned: PlannedUser,
    names: Sequence[str],
    *,
    last_read: Half | None,
    last_written: Half | None,
    planned_half: Half,
    current_half: Half,
    current_children: Mapping[str, Sequence[tuple[Any, ...]]],
    overwrite: bool,
) -> Merge:
    """Return what to change. Without a last import everything counts as changed at the source.

    ``overwrite``: on a conflict the source wins.
    """
    merge = Merge()
    _merge_columns(
        merge, planned, names, last_read, last_written, planned_half, current_half, overwrite
    )
    for table in CHILD_FIELDS:
        _merge_rows(
            merge,
            table,
            planned.children[table],
            current_children.get(table, ()),
            last_read.rows[table] if last_read else frozenset(),
            planned.withheld if table == "user_roles" else (),
            overwrite=overwrite,
        )
    return merge


def _merge_columns(
    merge: Merge,
    planned: PlannedUser,
    names: Sequence[str],
    last_read: Half | None,
    last_written: Half | None,
    planned_half: Half,
    current_half: Half,
    overwrite: bool,
) -> None:
    width = len(planned_half.columns)
    comparable = (
        last_read is not None
        and last_written is not None
        and len(last_read.columns) == len(last_written.columns) == width
    )
    for at, name in enumerate((*names, "undeclared columns")):
        wanted, present = planned_half.columns[at], current_half.columns[at]
        if name in _NEVER or wanted == present:
            continue
        if name in _RIGHTS and (
            planned.rights_withheld or (last_read is None and not planned.values[at])
        ):
            continue  # no column of the source says whom Django trusts
        # A field that the user model got since takes its column from the source once more.
        if last_read is not None and last_written is not None and (comparable or at < _IDENTITYS):
            if wanted == last_read.columns[at]:
                continue  # the source did not change it
            is_changed = present != last_written.columns[at]
            if name == "password" and is_changed:
                # A hash that a login upgraded is no new password: that renews the stamp too.
                stamp = names.index("security_stamp")
                is_changed = current_half.columns[stamp] != last_written.columns[stamp]
            if is_changed and not overwrite:
                if name not in _GIVES_WAY:
                    merge.conflicts.append(name)
                    merge.open_columns.add(name)
                continue
        if at < len(names):
            merge.columns[name] = planned.values[at]
        else:
            merge.undeclared_changed = True


def _merge_rows(
    merge: Merge,
    table: str,
    planned: Sequence[tuple[Any, ...]],
    current: Sequence[tuple[Any, ...]],
    last_read: frozenset[bytes],
    withheld: Sequence[tuple[Any, ...]],
    *,
    overwrite: bool,
) -> None:
    wanted = dict(zip(row_prints(list(map(copy_line, planned))), planned, strict=True))
    present = dict(zip(row_prints(list(map(copy_line, current))), current, strict=True))
    delete = [present[one] for one in last_read if one not in wanted and one in present]
    if table == "user_roles" and last_read:
        # A membership whose role was given Django permissions meanwhile is still the source's
        # wish: it stays where it is, and goes when the source takes it away.
        delete = [row for row in delete if row not in withheld]
        delete += [
            row
            for row in current
            if row_print(withheld_line(row)) in last_read
            and row not in withheld
            and row not in planned
        ]
    insert = [row for one, row in wanted.items() if one not in last_read and one not in present]
    own_key = _KEYS.get(table)
    if own_key is not None and insert:
        going = {row[own_key] for row in delete}
        in_the_way = {row[own_key]: row for row in current if row[own_key] not in going}
        kept = []
        for row in insert:
            other = in_the_way.get(row[own_key])
            if other is not None and not overwrite:
                merge.conflicts.append(f"{table} {'/'.join(map(_shown, row[own_key]))}")
                merge.open_rows.setdefault(table, []).append(row)
                continue
            if other is not None:
                delete.append(other)
            kept.append(row)
        insert = kept
    if insert:
        merge.insert[table] = insert
    if delete:
        merge.delete[table] = delete


def _shown(part: Any) -> str:
    return part.hex()[:16] if isinstance(part, bytes) else str(part)
