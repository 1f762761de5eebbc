"""Bring planned users into the target: one transaction a batch, the culprit alone left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction

from identity_bridge.conf import get_settings
from identity_bridge.exceptions import ImportTargetError
from identity_bridge.models import ImportedRecord, UndeclaredColumns

from .conflicts import ConflictResolver
from .digests import RangeDigest, planned_digest, record_line, undeclared_line
from .fingerprints import join, split, user_print
from .issues import Issue, issue
from .plan import canonical_json
from .records import CHILD_FIELDS, TARGET_TABLES, copy_text
from .refusals import first_line, is_about_data, reason_of
from .target import CHILD_MODELS
from .updating import Updater, source_half

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .counters import Counters
    from .plan import PlannedBatch
    from .policies import Policy
    from .records import PlannedUser
    from .target import Target
    from .writers import Writer

_USERS = TARGET_TABLES["users"]


class Applier:
    """Writes the batches of one run; ``write=False`` only finds out what would happen."""

    def __init__(
        self,
        target: Target,
        writer: Writer,
        *,
        run_id: int | None,
        policies: Mapping[str, Policy],
        counters: Counters,
        allow_privileged: bool = False,
        write: bool = True,
    ) -> None:
        self.target = target
        self.writer = writer
        self.run_id = run_id
        self.counters = counters
        self.write = write
        #: No import before this run: nobody needs to be looked for.
        self.first_import = (
            not ImportedRecord.objects.using(target.using).filter(kind="user").exists()
        )
        #: Users of the source that an earlier run brought in.
        self.known = 0
        self.conflicts = ConflictResolver(
            target, policies, unique_email=get_settings().USER_REQUIRE_UNIQUE_EMAIL
        )
        self.updater = Updater(
            target,
            writer,
            self.conflicts,
            counters,
            allow_privileged=allow_privileged,
            write=write,
        )

    def apply(self, batch: PlannedBatch) -> list[Issue]:
        """Write one batch and return the issues that came up on the way.

        :raises ImportTargetError: the database went away, or refuses every record.
        :raises ConflictFailure: a conflict whose policy is ``fail``.
        """
        for table, number in batch.source_rows.items():
            self.counters.add(table, source=number)
        for table, number in batch.skipped.items():
            self.counters.add(table, skipped=number)
        self.counters.add("users", failed=batch.failed_users)
        if self.first_import:
            return self._bring_in(batch.users)
        records = self.target.records("user", [str(user.key) for user in batch.users])
        self.known += len(records)
        new, changed, unchanged = [], [], []
        for user in batch.users:
            stored = records.get(str(user.key))
            if stored is None:
                new.append(user)
            elif split(stored[0])[0] == user.source_print:
                unchanged.append(user)
            else:
                changed.append((user, *stored))
        self._count(unchanged, "unchanged")
        return self._bring_in(new) + (self.updater.update(changed) if changed else [])

    def digest(self, batch: PlannedBatch) -> RangeDigest:
        """Return what the source said and what the target holds if all of a batch came in."""
        users = batch.users
        records = [
            record_line(
                str(user.key),
                user.fingerprint or join(self._source_half(user), written_print(user)),
            )
            for user in users
        ]
        aside = [
            undeclared_line(str(user.key), canonical_json(user.undeclared))
            for user in users
            if user.undeclared
        ]
        target = planned_digest(users, records, aside)
        return RangeDigest(batch.source_digest, target, len(users))

    def _bring_in(self, users: list[PlannedUser]) -> list[Issue]:
        """Insert new users.

        The database's unique keys find nearly every conflict, so a batch is tried as it is
        first; only one that the database refuses is looked at more closely.
        """
        if not users:
            return []
        if self.write and not self.conflicts.unique_email:
            try:
                with transaction.atomic(using=self.target.using):
                    self._insert(users)
            except IntegrityError:
                pass
            except (DatabaseError, InterfaceError, ValueError) as error:
                return self._refused(users, error)
            else:
                self._count(users, "created")
                return []
        issues: list[Issue] = []
        existing = self.target.existing_users([user.key for user in users])
        if existing:
            there = [user for user in users if user.key in existing]
            users = [user for user in users if user.key not in existing]
            issues += self.updater.meet_existing(there)
        self.conflicts.settle(users, issues, self.counters, write=self.write)
        if not self.write:
            self._count(users, "created")
            return issues
        return issues + self._create(users)

    def _create(self, users: Sequence[PlannedUser]) -> list[Issue]:
        """Insert users; where the database refuses, halve until the culprit stands alone."""
        if not users:
            return []
        try:
            with transaction.atomic(using=self.target.using):
                self._insert(users)
        except (DatabaseError, InterfaceError, ValueError) as error:
            return self._refused(users, error)
        self._count(users, "created")
        return []

    def _refused(self, users: Sequence[PlannedUser], error: Exception) -> list[Issue]:
        if isinstance(error, OperationalError | InterfaceError) and (
            not self._is_alive() or not is_about_data(error)
        ):
            raise ImportTargetError(
                f"The target database stopped the import: {first_line(error)}. What was "
                "committed stays; run the same command again to go on."
            ) from error
        return self._halve(users, error)

    def _halve(self, users: Sequence[PlannedUser], error: Exception) -> list[Issue]:
        if len(users) > 1:
            middle = len(users) // 2
            return self._create(users[:middle]) + self._create(users[middle:])
        (user,) = users
        self._count(users, "failed")
        return [
            issue(
                "record_failed", _USERS, user.key, f"The database refused it: {reason_of(error)}."
            )
        ]

    def _insert(self, users: Sequence[PlannedUser]) -> None:
        target, writer = self.target, self.writer
        prints = [written_print(user) for user in users]
        writer.insert(
            target.user_model,
            target.user_fields,
            [user.values for user in users],
            lines=[user.line or b"" for user in users],
        )
        for table, model in CHILD_MODELS.items():
            rows = [row for user in users for row in user.children[table]]
            lines = [line for user in users for line in (user.child_lines or {}).get(table, ())]
            writer.insert(model, CHILD_FIELDS[table], rows, lines=lines)
        aside = [(_USERS, str(user.key), user.undeclared) for user in users if user.undeclared]
        if aside:
            UndeclaredColumns.objects.using(target.using).filter(
                table=_USERS, key__in=[row[1] for row in aside]
            ).delete()
            writer.insert(UndeclaredColumns, ("table", "key", "columns"), aside)
        for user, written in zip(users, prints, strict=True):
            user.fingerprint = join(self._source_half(user), written)
        writer.insert(
            ImportedRecord,
            ("kind", "key", "run_id", "fingerprint"),
            [("user", str(user.key), self.run_id, user.fingerprint) for user in users],
            lines=[self._remembering_line(user) for user in users],
        )

    def _remembering_line(self, user: PlannedUser) -> bytes:
        """Return the line of COPY that remembers a user, in half the time of ``copy_line``."""
        key = copy_text(str(user.key)).encode(errors="surrogatepass")
        fingerprint = user.fingerprint.hex().encode()
        return b"user\t%b\t%d\t\\\\x%b" % (key, self.run_id or 0, fingerprint)

    def _source_half(self, user: PlannedUser) -> bytes:
        """Return what is remembered of the source; what a conflict kept out stays open."""
        if not (user.open_columns or user.open_rows):
            return user.source_print
        return source_half(user, self.target.user_fields)

    def _count(self, users: Sequence[PlannedUser], outcome: str) -> None:
        self.counters.add("users", **{outcome: len(users)})
        for table in CHILD_FIELDS:
            rows = sum(len(user.children[table]) for user in users)
            self.counters.add(table, **{outcome: rows})

    def _is_alive(self) -> bool:
        try:
            with self.target.connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (DatabaseError, InterfaceError):
            return False
        return True


def written_print(user: PlannedUser) -> bytes:
    """Return the fingerprint of what is about to be written for a user."""
    line, child_lines = user.make_lines()
    if user.is_as_planned:
        return user.source_print
    return user_print(line, child_lines, canonical_json(user.undeclared))
