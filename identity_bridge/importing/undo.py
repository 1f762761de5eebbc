"""Take back what a run created, as far as nobody has touched it since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    connections,
    transaction,
)
from django.db.models import ProtectedError

from identity_bridge.exceptions import ImportFailed, ImportTargetError
from identity_bridge.models import ImportedRecord, ImportRun, Role, RoleClaim, UndeclaredColumns

from .custom_fields import declared_names
from .fingerprints import split, user_print
from .issues import Issue, issue
from .locking import only_one_import
from .plan import canonical_json
from .records import CHILD_FIELDS, TARGET_TABLES, copy_line, copy_lines
from .refusals import reason_of
from .roles import role_half
from .target import CHILD_MODELS, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_USERS, _ROLES = TARGET_TABLES["users"], TARGET_TABLES["roles"]
_BATCH = 1_000


class RunNotFound(ImportFailed):
    """There is no import run of this number."""

    code = "run_not_found"


@dataclass(slots=True)
class UndoReport:
    """What was taken back and what had to stay."""

    run: int
    users_removed: int = 0
    roles_removed: int = 0
    kept: int = 0
    issues: list[Issue] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.kept else 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "users_removed": self.users_removed,
            "roles_removed": self.roles_removed,
            "kept": self.kept,
            "exit_code": self.exit_code,
            "issues": [one.as_dict() for one in self.issues],
        }


def undo_run(run_id: int, *, using: str, progress: Callable[[int], None]) -> UndoReport:
    """Remove the users and roles that a run created and that are still as they came.

    A user who signed in, was changed, or is pointed to by another table stays, and is named.
    Interrupted, it goes on where it was when run again.

    :raises RunNotFound: no such run.
    :raises ImportTargetError: an import is running, or the database went away.
    """
    try:
        with only_one_import(using):
            return _undo(run_id, using, progress)
    except (DatabaseError, InterfaceError) as error:
        raise ImportTargetError(
            f"The target database stopped the undoing: {reason_of(error)}. What was removed is"
            " gone; run the same command again to go on."
        ) from error


def _undo(run_id: int, using: str, progress: Callable[[int], None]) -> UndoReport:
    run = ImportRun.objects.using(using).filter(pk=run_id).first()
    if run is None:
        raise RunNotFound(f"There is no import run {run_id}; the admin lists them.")
    target = Target(using, declared_names())
    report = UndoReport(run_id)
    created = ImportedRecord.objects.using(using).filter(run_id=run_id)
    last = ""
    started = False
    while True:
        rows = created.filter(kind="user").order_by("key")
        rows = rows.filter(key__gt=last) if started else rows
        records = list(rows[:_BATCH])
        if not records:
            break
        last, started = records[-1].key, True
        _remove_users(records, target, report)
        progress(len(records))
    for record in created.filter(kind="role"):
        _remove_role(record, using, report)
    if not report.kept:
        run.outcome = ImportRun.Outcome.UNDONE
        run.save(using=using, update_fields=["outcome"])
    return report


def _remove_users(records: Sequence[ImportedRecord], target: Target, report: UndoReport) -> None:
    ids = {str(row[0]): row for row in _states(records, target)}
    removable, gone = [], []
    for record in records:
        row = ids.get(record.key)
        if row is None:
            gone.append(record.key)
        elif row[1]:
            _keep(report, _USERS, record.key, "was changed or used since the import")
        else:
            removable.append((record.key, row[0]))
    _delete(removable, target, report)
    if gone:
        ImportedRecord.objects.using(target.using).filter(kind="user", key__in=gone).delete()


def _states(records: Sequence[ImportedRecord], target: Target) -> list[tuple[Any, bool]]:
    """Return the users that are there, and whether somebody touched them."""
    pk = target.user_model._meta.pk
    keys = [pk.to_python(record.key) for record in records]
    rows = target.users(keys)
    used = {
        key
        for key, last_login in target.select(
            target.user_model, ["id", "last_login"], where="id", among=keys
        )
        if last_login is not None
    }
    # Groups and permissions would go with the user without a word: the database cascades.
    used |= target.trusted_users(keys)
    children = {table: target.children(table, keys) for table in CHILD_FIELDS}
    undeclared = target.undeclared([record.key for record in records])
    written = {record.key: split(bytes(record.fingerprint))[1] for record in records}
    states = []
    for key, row in rows.items():
        now = user_print(
            copy_line(row),
            copy_lines({table: children[table].get(key, ()) for table in CHILD_FIELDS}),
            canonical_json(undeclared.get(str(key))),
        )
        states.append((key, key in used or now != written[str(key)]))
    return states


def _delete(users: Sequence[tuple[str, Any]], target: Target, report: UndoReport) -> None:
    """Delete users with plain SQL; the database's foreign keys tell who is needed elsewhere."""
    if not users:
        return
    using = target.using
    try:
        with transaction.atomic(using=using):
            if target.vendor == "postgresql":
                with connections[using].cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            ids = [key for _text, key in users]
            for child in CHILD_MODELS.values():
                rows = child._default_manager.using(using).filter(user_id__in=ids)
                rows._raw_delete(using)
            target.user_model._default_manager.using(using).filter(pk__in=ids)._raw_delete(using)
            texts = [text for text, _key in users]
            UndeclaredColumns.objects.using(using).filter(table=_USERS, key__in=texts).delete()
            ImportedRecord.objects.using(using).filter(kind="user", key__in=texts).delete()
            if target.vendor == "sqlite":
                connections[using].check_constraints()
    except IntegrityError:
        if len(users) == 1:
            _keep(report, _USERS, users[0][0], "is needed by a row of another table")
            return
        middle = len(users) // 2
        _delete(users[:middle], target, report)
        _delete(users[middle:], target, report)
        return
    report.users_removed += len(users)


def _remove_role(record: ImportedRecord, using: str, report: UndoReport) -> None:
    role = Role.objects.using(using).filter(pk=record.key).first()
    if role is not None:
        if role.memberships.exists() or role.permissions.exists():
            _keep(report, _ROLES, record.key, "has members or permissions")
            return
        if role_half(role, using) != split(bytes(record.fingerprint))[1]:
            _keep(report, _ROLES, record.key, "was changed since the import")
            return
        try:
            with transaction.atomic(using=using):
                RoleClaim.objects.using(using).filter(role=role).delete()
                role.delete(using=using)
        except (IntegrityError, ProtectedError):
            _keep(report, _ROLES, record.key, "is needed by a row of another table")
            return
        report.roles_removed += 1
    UndeclaredColumns.objects.using(using).filter(table=_ROLES, key=record.key).delete()
    ImportedRecord.objects.using(using).filter(kind="role", key=record.key).delete()


def _keep(report: UndoReport, table: str, key: str, why: str) -> None:
    report.kept += 1
    report.issues.append(issue("touched_since_import", table, key, f"It {why}; it stays."))
