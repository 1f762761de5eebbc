"""The second look: read source and target once more and compare them.

A range of users of which the source still gives the same rows, and of which the target holds
just what was to be written, is equal: digests tell. Any other range is compared record by record.
What the run remembers of a user says what the source held and what was put into the target: the
source is planned again and must still say the same; the target must hold just what was written.
Every row of the source must have been counted as one thing or another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .fingerprints import says_the_same, split, user_print
from .issues import Issue, issue, storable
from .plan import canonical_json
from .records import CHILD_FIELDS, TARGET_TABLES, copy_line, copy_lines
from .target_digest import TargetDigest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .counters import Counters
    from .digests import RangeDigest
    from .plan import PlannedBatch
    from .reading import BatchReader, SourceRange
    from .target import Target

_USERS = TARGET_TABLES["users"]


@dataclass(slots=True)
class Verification:
    """What the second look found."""

    users_compared: int = 0
    users_equal: int = 0
    changed_in_django: int = 0
    """Users that Django changed or deleted since they were imported: they may differ."""
    not_imported: int = 0
    """Users that the report names as skipped or failed."""
    changed_during_run: int = 0
    differing: int = 0
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.differing and all(table["ok"] for table in self.tables.values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "users_compared": self.users_compared,
            "users_equal": self.users_equal,
            "changed_in_django": self.changed_in_django,
            "not_imported": self.not_imported,
            "changed_during_run": self.changed_during_run,
            "differing": self.differing,
            "tables": self.tables,
        }


def verify(
    reader: BatchReader,
    target: Target,
    counters: Counters,
    *,
    run_id: int,
    left_out: set[str],
    written: Sequence[RangeDigest],
    progress: Callable[[int], None],
) -> Verification:
    """Compare everything.

    ``left_out`` are keys of users that the report says did not come in, ``written`` the digests
    of the ranges in the order in which they were brought in.
    """
    result = Verification()
    stored = TargetDigest(target)
    for number, read in enumerate(reader.ranges_ahead()):
        expected = written[number] if number < len(written) else None
        if expected is not None and _is_equal(reader.keys(read), read, expected, stored):
            result.users_compared += expected.users
            result.users_equal += expected.users
        else:
            _compare(reader.plan(read), target, run_id, left_out, result)
        progress(len(read.users))
    for name, count in counters.tables.items():
        result.tables[TARGET_TABLES[name]] = {
            "source": count.source,
            "accounted": count.accounted,
            "ok": count.source == count.accounted,
        }
    return result


def _is_equal(
    keys: Sequence[Any], read: SourceRange, expected: RangeDigest, stored: TargetDigest
) -> bool:
    """Tell if nothing at all differs in a range, on neither side."""
    if read.digest != expected.source:
        return False
    if not expected.users:
        return True
    return stored.of(keys, users=expected.users) == expected.target


def _compare(
    batch: PlannedBatch, target: Target, run_id: int, left_out: set[str], result: Verification
) -> None:
    keys = [user.key for user in batch.users]
    records = target.records("user", [str(key) for key in keys])
    present = target.users(keys)
    children = {table: target.children(table, keys) for table in CHILD_FIELDS}
    undeclared = target.undeclared([str(key) for key in keys])
    for user in batch.users:
        result.users_compared += 1
        stored = records.get(str(user.key))
        source, written = split(stored[0]) if stored else (b"", b"")
        if source != user.source_print and storable(str(user.key)) in left_out:
            result.not_imported += 1
            continue
        if stored is None:
            _differ(result, user.key, "It is at the source, not in the target, not reported.")
            continue
        if not says_the_same(source, user.source_print, user.make_lines()[1]):
            result.changed_during_run += 1
            message = "Changed at the source while the import ran; run it again."
            result.issues.append(issue("changed_during_run", _USERS, user.key, message))
            continue
        row = present.get(user.key)
        if row is not None:
            now = user_print(
                copy_line(row),
                copy_lines({table: children[table].get(user.key, ()) for table in CHILD_FIELDS}),
                canonical_json(undeclared.get(str(user.key))),
            )
            if now == written:
                result.users_equal += 1
                continue
        if stored[1] == run_id:
            _differ(result, user.key, "The target does not hold what this run wrote.")
        else:
            result.changed_in_django += 1


def _differ(result: Verification, key: object, message: str) -> None:
    result.differing += 1
    result.issues.append(issue("verification_failed", _USERS, key, message))
