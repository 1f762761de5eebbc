"""One import: inspect, plan, apply, verify, report.

``run_import`` is what the command calls; it raises nothing for what is the source's or the
target's fault, but says so in the report.
"""

from __future__ import annotations

import gc
import sys
import time
from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from django.core.management.color import no_style
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.utils import timezone

from identity_bridge.adapter import IdentityAdapter, get_adapter
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.conf import get_settings
from identity_bridge.exceptions import ImportFailed, ImportTargetError
from identity_bridge.models import ImportedRecord, ImportIssue, ImportRun, Role
from identity_bridge.password_column import is_django_encoding
from identity_bridge.passwords.hashers import hash_limits

from .apply import Applier
from .conversion import KeyDoesNotFit, to_key
from .counters import Counters
from .custom_fields import custom_fields_of
from .issues import Issue, issue
from .locking import only_one_import
from .plan import Planner, PlanOptions
from .policies import DEFAULT_POLICIES
from .reading import BatchReader
from .records import TARGET_TABLES
from .refusals import reason_of
from .report import Report
from .roles import RoleImport, import_roles
from .target import Target
from .verification import verify
from .writers import writer_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .digests import RangeDigest
    from .policies import Policy
    from .sources.source import Source

_GO_ON = "What was committed stays; run the same command again to go on."

_NOT_BROUGHT_IN = {"record_failed", "user_exists", "privileged_account", "concurrent_change"}

#: Users read, planned and committed together.
DEFAULT_BATCH_SIZE = 5_000


class Progress(Protocol):
    """Where a run says how far it is."""

    def start(self, phase: str, total: int) -> None: ...
    def advance(self, number: int) -> None: ...
    def finish(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the operator chose."""

    database: str = "default"
    dry_run: bool = False
    batch_size: int = DEFAULT_BATCH_SIZE
    policies: Mapping[str, Policy] = field(default_factory=lambda: DEFAULT_POLICIES)
    allow_privileged: bool = False


def run_import(source: Source, options: ImportOptions, progress: Progress) -> Report:
    """Import everything a source holds into a database of this project."""
    started = time.monotonic()
    report = Report(
        source=source.name,
        generation=source.layout.generation.value,
        key_type=source.layout.key_type,
        dry_run=options.dry_run,
        counters=Counters(),
    )
    run = None
    try:
        check_keys_fit(source, options)
        if not options.dry_run:
            with only_one_import(options.database):
                run = ImportRun.objects.using(options.database).create(
                    source=source.name, generation=report.generation, key_type=report.key_type
                )
                report.run = run.pk
                _Import(source, options, progress, report, run).go()
        else:
            _Import(source, options, progress, report, None).go()
    except ImportFailed as error:
        report.fail(error.code, str(error))
    except (DatabaseError, InterfaceError) as error:
        what = f"The target database stopped the import: {reason_of(error)}."
        report.fail(ImportTargetError.code, f"{what} {_GO_ON}")
    except KeyboardInterrupt:
        report.fail("interrupted", f"Interrupted. {_GO_ON}")
    except BaseException as error:
        report.fail("unexpected", f"{type(error).__name__}. {_GO_ON}")
        raise
    finally:
        progress.finish()
        report.duration_seconds = time.monotonic() - started
        if run is not None:
            _close(run, report, options.database)
    return report


class _Import:
    """The phases of one run and what they share."""

    def __init__(
        self,
        source: Source,
        options: ImportOptions,
        progress: Progress,
        report: Report,
        run: ImportRun | None,
    ) -> None:
        self.source = source
        self.options = options
        self.progress = progress
        self.report = report
        self.run = run
        self.run_id = None if run is None else run.pk
        assert report.counters is not None  # noqa: S101 - run_import made it
        self.counters = report.counters
        self.custom = custom_fields_of(source.layout.user_table)
        self.target = Target(options.database, [name for name, _field in self.custom])
        self.total = source.count("users")
        self.left_out: set[str] = set()
        self.seen = array("Q")
        self.known = 0
        self.written: list[RangeDigest] = []

    def go(self) -> None:
        write = self.run is not None
        for warning in self.source.layout.warnings:
            self.note([issue("source_warning", "", "", warning)])
        roles = import_roles(
            self.source,
            self.target,
            key_type=get_settings().KEY_TYPE,
            run_id=self.run_id,
            policies=self.options.policies,
            counters=self.counters,
            write=write,
        )
        self.note(roles.issues)
        reader = BatchReader(
            self.source, Planner(self.plan_options(roles)), batch_size=self.options.batch_size
        )
        began = time.monotonic()
        with undisturbed():
            self.bring_in(reader, write=write)
        self.report.users_per_second = self.total / max(time.monotonic() - began, 1e-6)
        if self.source.layout.user_table.custom_columns and not self.custom:
            names = ", ".join(c.name for c in self.source.layout.user_table.custom_columns)
            message = f"No field of the user model takes {names}; they are kept as JSON."
            self.note([issue("undeclared_columns", TARGET_TABLES["users"], "", message)])
        if not write or self.run_id is None:
            return
        self.find_deleted()
        self.reset_sequences()
        self.target.refresh_statistics()
        self.progress.start("verifying", self.total)
        # A second reader: the planner remembers the key before.
        again = BatchReader(
            self.source, Planner(self.plan_options(roles)), batch_size=self.options.batch_size
        )
        with undisturbed():
            self.report.verification = verify(
                again,
                self.target,
                self.counters,
                run_id=self.run_id,
                left_out=self.left_out,
                written=self.written,
                progress=self.progress.advance,
            )
        self.note(self.report.verification.issues)

    def bring_in(self, reader: BatchReader, *, write: bool) -> None:
        applier = Applier(
            self.target,
            writer_for(self.target),
            run_id=self.run_id,
            policies=self.options.policies,
            counters=self.counters,
            allow_privileged=self.options.allow_privileged,
            write=write,
        )
        self.progress.start("planning" if not write else "importing", self.total)
        for batch in reader.ahead():
            found = applier.apply(batch)
            self.left_out.update(one.key for one in found if one.code in _NOT_BROUGHT_IN)
            self.seen.extend(_number_of(user.key) for user in batch.users)
            self.note(batch.issues + found)
            if write:
                self.written.append(applier.digest(batch))
            self.progress.advance(len(batch.users) + batch.failed_users)
        self.known = applier.known

    def plan_options(self, roles: RoleImport) -> PlanOptions:
        settings = get_settings()
        adapter = get_adapter()
        overridden = type(adapter).map_imported_user is not IdentityAdapter.map_imported_user
        return PlanOptions(
            layout=self.source.layout,
            key_type=settings.KEY_TYPE,
            passkey_dialect=self.target.passkey_dialect,
            case_insensitive_keys=self.source.case_insensitive_keys,
            role_keys=roles.keys,
            nameless_roles=frozenset(roles.nameless),
            staff_roles=self._role_ids(settings.STAFF_ROLES, roles),
            superuser_roles=self._role_ids(settings.SUPERUSER_ROLES, roles),
            guarded_roles=frozenset(
                Role.objects.using(self.options.database)
                .filter(permissions__isnull=False)
                .values_list("pk", flat=True)
            ),
            allow_privileged=self.options.allow_privileged,
            is_active_column=settings.IMPORT_IS_ACTIVE_COLUMN,
            custom_fields=tuple(field for _name, field in self.custom),
            hash_limits=hash_limits(),
            is_django_hash=is_django_encoding,
            map_values=(
                (lambda values: adapter.map_imported_user(values=values)) if overridden else None
            ),
        )

    def _role_ids(self, names: tuple[str, ...], roles: RoleImport) -> frozenset[Any]:
        wanted = {normalize_name(name) for name in names} - {None}
        there = Role.objects.using(self.options.database).filter(normalized_name__in=wanted)
        coming = (key for name, key in roles.by_name.items() if name in wanted)
        return frozenset(there.values_list("pk", flat=True)) | frozenset(coming)

    def find_deleted(self) -> None:
        """Report users that an earlier run imported and the source no longer has."""
        records = ImportedRecord.objects.using(self.options.database).filter(kind="user")
        if records.count() <= self.known + self.counters.tables["users"].created:
            return
        seen = set(self.seen)
        keys = records.values_list("key", flat=True).iterator(chunk_size=10_000)
        gone = (key for key in keys if _number_of(key) not in seen)
        to_key = self.target.user_model._meta.pk.to_python
        message = "Imported earlier and gone from the source since; it stays in Django."
        while some := list(islice(gone, 1_000)):
            # One who is gone from Django as well is no news.
            there = {str(key) for key in self.target.existing_users([to_key(key) for key in some])}
            self.note(
                [
                    issue("deleted_at_source", TARGET_TABLES["users"], key, message)
                    for key in some
                    if key in there
                ]
            )

    def reset_sequences(self) -> None:
        """Let the database's own numbering go on behind the keys that came in."""
        if get_settings().KEY_TYPE not in {"int", "bigint"}:
            return
        connection = self.target.connection
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(
                no_style(), [self.target.user_model, Role]
            ):
                cursor.execute(sql)

    def note(self, issues: list[Issue]) -> None:
        self.report.add(issues)
        if self.run is not None and issues:
            ImportIssue.objects.using(self.options.database).bulk_create(
                [ImportIssue(run=self.run, **one.as_dict()) for one in issues], batch_size=1_000
            )


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let the reader's and the writer's thread work without what costs them time.

    No cyclic collector: there are millions of rows and no cycles to look for, and a third of the
    planning time is its otherwise. And whoever comes back from the server waits for the other
    thread for a tenth of the usual 5 ms, at each of a thousand waits.
    """
    was_enabled, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(interval / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if was_enabled:
            gc.enable()


def _number_of(key: object) -> int:
    text = str(key).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def check_keys_fit(source: Source, options: ImportOptions) -> None:
    """Refuse a source whose keys the target cannot hold, before anything is written.

    :raises ImportTargetError: with the first such key.
    """
    key_type = get_settings().KEY_TYPE
    if key_type == "string":
        return
    if key_type == source.layout.key_type and not _may_be_anything(source):
        return
    for reading in (source.read_users, source.read_roles):
        after, more = None, True
        while more:
            batch = reading(after=after, limit=options.batch_size)
            try:
                for row in batch.rows:
                    to_key(row[0], key_type)
            except KeyDoesNotFit as error:
                raise ImportTargetError(
                    f"KEY_TYPE is {key_type}, and the source has a key that does not fit: {error}."
                    ' Nothing was written. A target with KEY_TYPE = "string" takes every key.'
                ) from None
            after, more = batch.last_key, batch.more


def _may_be_anything(source: Source) -> bool:
    """SQLite types no column: that all keys are Guids was guessed from some of them."""
    return source.dialect == "sqlite" and source.layout.key_type == "guid"


def _close(run: ImportRun, report: Report, using: str) -> None:
    """Keep the report with the run; a database that is gone keeps it as interrupted."""
    run.finished_at = timezone.now()
    run.outcome = report.outcome
    run.exit_code = report.exit_code
    data = report.as_dict()
    data["issues"] = []  # they are rows of their own
    run.report = data
    if not connections[using].in_atomic_block:
        connections[using].close_if_unusable_or_obsolete()
    try:
        with transaction.atomic(using=using):
            run.save(using=using)
    except (DatabaseError, InterfaceError):
        return
