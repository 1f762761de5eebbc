"""Bring changes of the source to users that an earlier run imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, OperationalError, transaction

from identity_bridge.aspnet.stamps import new_concurrency_stamp
from identity_bridge.models import ImportedRecord, UndeclaredColumns
from identity_bridge.password_column import encoded_from_column

from .fingerprints import Half, join, row_print, split, user_print
from .issues import Issue, issue
from .merging import Merge, merge_user
from .plan import canonical_json
from .records import CHILD_FIELDS, POSITION, TARGET_TABLES, copy_line, copy_lines
from .refusals import is_about_data, reason_of
from .target import CHILD_MODELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .conflicts import ConflictResolver
    from .counters import Counters
    from .records import PlannedUser
    from .target import Target
    from .writers import Writer

_USERS = TARGET_TABLES["users"]
_TRIES = 3


@dataclass(slots=True)
class Present:
    """What the target has of one user."""

    values: list[Any]
    children: dict[str, list[tuple[Any, ...]]]
    undeclared: Any

    def get(self, name: str) -> Any:
        return self.values[POSITION[name]]

    def fingerprint(self) -> bytes:
        return user_print(
            copy_line(self.values), copy_lines(self.children), canonical_json(self.undeclared)
        )


class Updater:
    """Merges changed users; each UPDATE is guarded by the ConcurrencyStamp that was read."""

    def __init__(
        self,
        target: Target,
        writer: Writer,
        conflicts: ConflictResolver,
        counters: Counters,
        *,
        allow_privileged: bool,
        write: bool,
    ) -> None:
        self.allow_privileged = allow_privileged
        self.target = target
        self.writer = writer
        self.conflicts = conflicts
        self.counters = counters
        self.write = write

    def update(self, changed: Sequence[tuple[PlannedUser, bytes, int | None]]) -> list[Issue]:
        """Merge users whose source changed since the last run.

        One who takes over the name of another waits until that one has given it up.
        """
        issues: list[Issue] = []
        present = self._read([user for user, _stored, _run in changed])
        owners = {
            name: key
            for key, has in present.items()
            for name in (has.get("username"), has.get("normalized_username"))
            if name is not None
        }
        waiting = []
        for user, stored, run_id in changed:
            names = (user.get("username"), user.get("normalized_username"))
            if any(owners.get(name, user.key) != user.key for name in names):
                waiting.append((user, stored, run_id))
            else:
                self._merge(user, stored, run_id, present.get(user.key), issues)
        for user, stored, run_id in waiting:
            self._merge(user, stored, run_id, present.get(user.key), issues)
        return issues

    def meet_existing(self, users: Sequence[PlannedUser]) -> list[Issue]:
        """Decide about users whose Id the target has without an import having made it."""
        issues: list[Issue] = []
        present = self._read(users)
        trusted = set() if self.allow_privileged else self.target.trusted_users(list(present))
        for user in users:
            policy = self.conflicts.policy("user_exists", _USERS, user.key)
            if policy == "skip":
                self._count(user, "skipped")
                message = "The target has a user of this Id that no import made; it stays as it is."
            elif user.key in trusted:
                self._count(user, "skipped")
                message = (
                    "The target's user of this Id has rights in Django, which must not pass to an"
                    " account of the source; --allow-privileged lets it be overwritten."
                )
                issues.append(issue("privileged_account", _USERS, user.key, message))
                continue
            else:
                self._merge(user, None, None, present.get(user.key), issues)
                message = "The target had a user of this Id; the source's values replaced its own."
            issues.append(issue("user_exists", _USERS, user.key, message))
        return issues

    def _read(self, users: Sequence[PlannedUser]) -> dict[Any, Present]:
        """Return what the target has of the users, in one statement a table."""
        keys = [user.key for user in users]
        values = self.target.users(keys)
        children = {table: self.target.children(table, keys) for table in CHILD_FIELDS}
        undeclared = self.target.undeclared([str(key) for key in keys])
        return {
            key: Present(
                row,
                {table: children[table].get(key, []) for table in CHILD_FIELDS},
                undeclared.get(str(key)),
            )
            for key, row in values.items()
        }

    def _merge(
        self,
        user: PlannedUser,
        stored: bytes | None,
        run_id: int | None,
        present: Present | None,
        issues: list[Issue],
    ) -> None:
        for _try in range(_TRIES):
            found: list[Issue] = []
            try:
                with transaction.atomic(using=self.target.using):
                    done = self._merge_once(user, stored, run_id, present, found)
            except (DataError, IntegrityError, OperationalError, ValueError) as error:
                if isinstance(error, OperationalError) and not is_about_data(error):
                    raise
                self._count(user, "failed")
                message = f"The database refused the change: {reason_of(error)}."
                issues.append(issue("record_failed", _USERS, user.key, message))
                return
            if done:
                issues += found
                return
            present = self._read([user]).get(user.key)
        self.conflicts.policy("concurrent_change", _USERS, user.key)
        self._count(user, "skipped")
        issues.append(
            issue(
                "concurrent_change",
                _USERS,
                user.key,
                f"Changed in Django during each of {_TRIES} tries; run the import again.",
            )
        )

    def _merge_once(
        self,
        user: PlannedUser,
        stored: bytes | None,
        run_id: int | None,
        present: Present | None,
        issues: list[Issue],
    ) -> bool:
        """Return False if somebody changed the user meanwhile."""
        if present is None:
            if self.write and stored is not None:
                # Said once: the next run finds the source as this one did.
                ImportedRecord.objects.using(self.target.using).filter(
                    kind="user", key=str(user.key)
                ).update(fingerprint=join(user.source_print, split(stored)[1]))
            self._count(user, "skipped")
            issues.append(
                issue(
                    "deleted_in_django",
                    _USERS,
                    user.key,
                    "Deleted in Django since it was imported; it stays deleted.",
                )
            )
            return True
        read, written = map(Half.parse, split(stored)) if stored else (None, None)
        merge = merge_user(
            user,
            self.target.user_fields,
            last_read=read,
            last_written=written,
            planned_half=Half.parse(user.source_print),
            current_half=Half.parse(present.fingerprint()),
            current_children=present.children,
            overwrite=stored is None
            or self.conflicts.policies["changed_on_both_sides"] == "overwrite",
        )
        if merge.conflicts:
            self.conflicts.policy("changed_on_both_sides", _USERS, user.key)
            issues.append(
                issue(
                    "changed_on_both_sides",
                    _USERS,
                    user.key,
                    f"Changed at the source and in Django: {', '.join(merge.conflicts)};"
                    " Django's values stay.",
                )
            )
        self._keep_free(user, merge, issues)
        if merge and self.write and not self._write(user, present, merge):
            return False
        if self.write:
            self._remember(user, run_id, present, merge, written)
        outcome = "updated" if merge else ("skipped" if merge.conflicts else "unchanged")
        self._count(user, outcome, merge)
        return True

    def _keep_free(self, user: PlannedUser, merge: Merge, issues: list[Issue]) -> None:
        """Leave names, logins and passkeys of other users with those who have them."""
        for column in ("username", "normalized_username"):
            name = merge.columns.get(column)
            if name is None:
                continue
            if self.target.owners_of_names(column, [name]).get(name, user.key) != user.key:
                owner = self.target.owners_of_names(column, [name])[name]
                if self.conflicts.policy("username_taken", _USERS, user.key) == "overwrite":
                    self.conflicts.take_name(column, name, owner, issues, write=self.write)
                    continue
                for one in ("username", "normalized_username"):
                    if merge.columns.pop(one, None) is not None:
                        merge.open_columns.add(one)
                message = "At the source it has a name that another account has; its own stays."
                issues.append(issue("username_taken", _USERS, user.key, message))
                break
        email = merge.columns.get("normalized_email")
        if (
            self.conflicts.unique_email
            and email is not None
            and self.target.owners_of_emails([email]).get(email, user.key) != user.key
        ):
            owner = self.target.owners_of_emails([email])[email]
            if self.conflicts.policy("email_taken", _USERS, user.key) == "overwrite":
                self.conflicts.take_email(owner, issues, write=self.write)
            else:
                merge.columns["normalized_email"] = None
                merge.columns["email_confirmed"] = False
                merge.open_columns |= {"normalized_email", "email_confirmed"}
                message = "Another account has its new e-mail address; it cannot be found by it."
                issues.append(issue("email_taken", _USERS, user.key, message))
        for table, own_key, code in (
            ("user_logins", slice(1, 3), "login_taken"),
            ("user_passkeys", 1, "credential_taken"),
        ):
            rows = merge.insert.get(table)
            if not rows:
                continue
            if table == "user_logins":
                owners: dict[Any, Any] = self.target.owners_of_logins([row[1:3] for row in rows])
            else:
                owners = self.target.owners_of_passkeys([row[1] for row in rows])
            free = [row for row in rows if owners.get(row[own_key], user.key) == user.key]
            if len(free) < len(rows):
                if self.conflicts.policy(code, TARGET_TABLES[table], user.key) == "overwrite":
                    for row in rows:
                        if row not in free and self.write:
                            self.conflicts.remove_row(table, row[own_key])
                    message = "Moved from the user who had it, as --on-conflict asked."
                    issues.append(issue(code, TARGET_TABLES[table], user.key, message))
                    continue
                message = f"{len(rows) - len(free)} belong to another user and stay there."
                issues.append(issue(code, TARGET_TABLES[table], user.key, message))
                merge.open_rows[table] = [row for row in rows if row not in free]
                merge.insert[table] = free

    def _write(self, user: PlannedUser, present: Present, merge: Merge) -> bool:
        """Write the changes and bring ``present`` up to date; False if the stamp was stale."""
        using, names = self.target.using, self.target.user_fields
        stamp_at = names.index("concurrency_stamp")
        rows = self.target.user_model._default_manager.using(using).filter(
            pk=user.key, concurrency_stamp=present.values[stamp_at]
        )
        columns = dict(merge.columns)
        if columns.get("security_stamp", "") is None:
            del columns["security_stamp"]
        # Also without a changed column: a changed claim or login renews the stamp, as in .NET.
        columns["concurrency_stamp"] = new_concurrency_stamp()
        encoded = {
            name: encoded_from_column(value) if name == "password" else value
            for name, value in columns.items()
        }
        if not rows.update(**encoded):
            return False
        for name, value in columns.items():
            present.values[names.index(name)] = value
        for table, gone in merge.delete.items():
            for row in gone:
                self._delete_row(table, row)
                present.children[table].remove(row)
        for table, new in merge.insert.items():
            self.writer.insert(CHILD_MODELS[table], CHILD_FIELDS[table], new)
            present.children[table] += new
        if merge.undeclared_changed:
            aside = UndeclaredColumns.objects.using(using)
            aside.filter(table=_USERS, key=str(user.key)).delete()
            if user.undeclared:
                aside.create(table=_USERS, key=str(user.key), columns=user.undeclared)
            present.undeclared = user.undeclared
        return True

    def _delete_row(self, table: str, row: tuple[Any, ...]) -> None:
        rows = CHILD_MODELS[table]._default_manager.using(self.target.using)
        chosen = dict(zip(CHILD_FIELDS[table], row, strict=True))
        chosen.pop("data", None)
        doomed = rows.filter(**chosen)
        if table == "user_claims":  # the same claim may stand there twice
            doomed = rows.filter(pk__in=list(doomed.values_list("pk", flat=True)[:1]))
        doomed.delete()

    def _remember(
        self,
        user: PlannedUser,
        run_id: int | None,
        present: Present,
        merge: Merge,
        last_written: Half | None,
    ) -> None:
        """Store what the source says and what imports have put into the target.

        What Django changed is no part of it: it must still be seen as Django's by the next run
        and by an undo.
        """
        user.open_columns |= merge.open_columns
        for table, open_rows in merge.open_rows.items():
            user.leave_open(table, open_rows)
        now = Half.parse(present.fingerprint())
        written = _written(now, last_written, merge, self.target.user_fields)
        rows = ImportedRecord.objects.using(self.target.using)
        fingerprint = join(source_half(user, self.target.user_fields), written.serialise())
        if not rows.filter(kind="user", key=str(user.key)).update(fingerprint=fingerprint):
            rows.create(kind="user", key=str(user.key), run_id=run_id, fingerprint=fingerprint)

    def _count(self, user: PlannedUser, outcome: str, merge: Merge | None = None) -> None:
        self.counters.add("users", **{outcome: 1})
        for table, rows in user.children.items():
            created = len(merge.insert.get(table, ())) if merge else 0
            removed = len(merge.delete.get(table, ())) if merge else 0
            rest = outcome if outcome in {"skipped", "failed"} else "unchanged"
            self.counters.add(
                table, created=created, removed=removed, **{rest: len(rows) - created}
            )


def source_half(user: PlannedUser, names: Sequence[str]) -> bytes:
    """Return what is remembered of the source, with what conflicts kept out left open."""
    if not (user.open_columns or user.open_rows):
        return user.source_print
    open_rows = {table: list(map(copy_line, rows)) for table, rows in user.open_rows.items()}
    positions = {names.index(one) for one in user.open_columns if one in names}
    if "undeclared columns" in user.open_columns:
        positions.add(len(names))
    return Half.parse(user.source_print).leave_open(positions, open_rows).serialise()


def _written(now: Half, last: Half | None, merge: Merge, names: Sequence[str]) -> Half:
    """Return the written half after a merge: what was there from imports and what is new."""
    if last is None or len(last.columns) != len(now.columns):
        return now
    ours = {names.index(name) for name in merge.columns}
    if merge:
        ours.add(names.index("concurrency_stamp"))
    if merge.undeclared_changed:
        ours.add(len(names))
    columns = (
        new if at in ours else old
        for at, (new, old) in enumerate(zip(now.columns, last.columns, strict=True))
    )
    return Half(
        tuple(columns),
        {
            table: rows - _prints(merge.delete.get(table, ()))
            | _prints(merge.insert.get(table, ()))
            for table, rows in last.rows.items()
        },
    )


def _prints(rows: Sequence[tuple[Any, ...]]) -> frozenset[bytes]:
    return frozenset(row_print(copy_line(row)) for row in rows)
