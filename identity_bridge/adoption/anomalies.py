# ruff: noqa: S608 - names are quoted, values literals
"""Rows that would stop the migration, or that people should know of; nothing is written."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from .findings import Finding, Kind, Severity
from .schema import Schema, column_type
from .statements import Dialect, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from .schema import Table

#: How many keys a finding names, and how many statements it has, at most.
LISTED = 20


def find_anomalies(
    connection: BaseDatabaseWrapper, expected: Schema, found: Schema, key_type: str
) -> tuple[Finding, ...]:
    """Return what is odd about the rows of the tables that were found."""
    with connection.cursor() as cursor:
        rows = _Rows(cursor, Dialect(connection.vendor), key_type)
        findings: list[Finding] = []
        users, roles = found.table("AspNetUsers"), found.table("AspNetRoles")
        if users is not None:
            findings += rows.of_users(users)
        if roles is not None and roles.column("NormalizedName"):
            findings += rows.duplicates(
                "AspNetRoles", "NormalizedName", Kind.DUPLICATE_NORMALIZED_NAME, Severity.WARNING
            )
        for table in expected.tables:
            present = found.table(table.name)
            if present is not None:
                findings += rows.orphans(table, present, found)
    return tuple(findings)


def key_type_of(
    connection: BaseDatabaseWrapper, users: Table, key_type: str
) -> tuple[Finding, ...]:
    """Return a finding where the keys of AspNetUsers are not of this type."""
    with connection.cursor() as cursor:
        rows = _Rows(cursor, Dialect(connection.vendor), key_type)
        return tuple(rows.wrong_key_type(users))


class _Rows:
    def __init__(self, cursor: Any, dialect: Dialect, key_type: str) -> None:
        self.cursor = cursor
        self.dialect = dialect
        self.key_type = key_type

    def _all(self, sql: str) -> list[Any]:
        self.cursor.execute(sql)
        return list(self.cursor.fetchall())

    def of_users(self, users: Table) -> Iterator[Finding]:
        yield from self.wrong_key_type(users)
        if users.column("UserName"):
            yield from self.duplicates(
                "AspNetUsers", "UserName", Kind.DUPLICATE_USER_NAME, Severity.ERROR
            )
        if users.column("NormalizedUserName"):
            yield from self.duplicates(
                "AspNetUsers",
                "NormalizedUserName",
                Kind.DUPLICATE_NORMALIZED_NAME,
                Severity.WARNING,
            )
        if users.column("SecurityStamp"):
            yield from self.null_stamps()
        if self.dialect.vendor == "sqlite" and users.column("AccessFailedCount"):
            yield from self.unreadable_counts()

    # Keys

    def wrong_key_type(self, users: Table) -> Iterator[Finding]:
        column = users.column("Id")
        if column is None:
            return
        present = self._key_type(column.type)
        same_storage = self.dialect.vendor == "sqlite" and {present, self.key_type} == {
            "int",
            "bigint",
        }
        if present == self.key_type or same_storage:
            return
        yield Finding(
            kind=Kind.WRONG_KEY_TYPE,
            severity=Severity.ERROR,
            table="AspNetUsers",
            name="Id",
            found=f"{column.type}: keys of type {present}",
            expected=f"KEY_TYPE {self.key_type}",
            advice=f'Set IDENTITY_BRIDGE = {{"KEY_TYPE": "{present}"}} before migrating.',
        )

    def _key_type(self, spelled: str) -> str:
        family = column_type(spelled, self.dialect.vendor).family
        if family == "integer":
            return "int"
        if family in {"bigint", "uuid"}:
            return {"uuid": "guid"}.get(family, family)
        if self.dialect.vendor == "sqlite" and self._upper_case_guids():
            return "guid"
        return "string"

    def _upper_case_guids(self) -> bool:
        """Microsoft.Data.Sqlite writes Guid keys so; string keys are lower-case GUIDs mostly."""
        seen = False
        for (key,) in self._all('SELECT "Id" FROM "AspNetUsers"'):
            seen = True
            try:
                if str(uuid.UUID(str(key))).upper() != key:
                    return False
            except ValueError:
                return False
        return seen or self.key_type == "guid"

    # Names and stamps

    def duplicates(
        self, table: str, column: str, kind: Kind, severity: Severity
    ) -> Iterator[Finding]:
        q = self.dialect.quote
        groups = self._all(
            f"SELECT MIN({q(column)}), COUNT(*) FROM {q(table)} WHERE {q(column)} IS NOT NULL "
            f"GROUP BY {q(column)} HAVING COUNT(*) > 1 ORDER BY 1"
        )
        if not groups:
            return
        statements: tuple[str, ...] = ()
        for name, _count in groups[:LISTED]:
            statements += self._renames(table, column, str(name))
        yield Finding(
            kind=kind,
            severity=severity,
            table=table,
            name=column,
            found=f"{len(groups)} shared by several rows",
            expected="each value once",
            statements=statements,
            advice="Which row keeps the name is yours to decide; the statements leave it to the "
            "first and make the others tell apart.",
        )

    def _renames(self, table: str, column: str, name: str) -> tuple[str, ...]:
        q = self.dialect.quote
        self.cursor.execute(
            f"SELECT {q('Id')} FROM {q(table)} WHERE {q(column)} = %s ORDER BY {q('Id')}",
            [name],
        )
        later = [str(key) for (key,) in self.cursor.fetchall()][1:]
        return tuple(
            f"UPDATE {q(table)} SET {q(column)} = {literal(f'{name}~{key}'[:256])} "
            f"WHERE {q('Id')} = {literal(key)};"
            for key in later[:LISTED]
        )

    def null_stamps(self) -> Iterator[Finding]:
        q = self.dialect.quote
        condition = f"FROM {q('AspNetUsers')} WHERE {q('SecurityStamp')} IS NULL"
        ((count,),) = self._all(f"SELECT COUNT(*) {condition}")
        if count:
            yield Finding(
                kind=Kind.NULL_SECURITY_STAMP,
                severity=Severity.INFORMATION,
                table="AspNetUsers",
                name="SecurityStamp",
                found=f"{count} rows with NULL",
                advice=".NET throws when they sign in; Django gives them a stamp at a save.",
            )

    def unreadable_counts(self) -> Iterator[Finding]:
        condition = "typeof(\"AccessFailedCount\") <> 'integer'"
        ((count,),) = self._all(f'SELECT COUNT(*) FROM "AspNetUsers" WHERE {condition}')
        if count:
            yield Finding(
                kind=Kind.UNREADABLE_NUMBER,
                severity=Severity.WARNING,
                table="AspNetUsers",
                name="AccessFailedCount",
                found=f"{count} rows with something else than a number",
                statements=(
                    f'UPDATE "AspNetUsers" SET "AccessFailedCount" = 0 WHERE {condition};',
                ),
            )

    # References

    def orphans(self, expected: Table, found: Table, schema: Schema) -> Iterator[Finding]:
        q = self.dialect.quote
        for key in expected.foreign_keys:
            if schema.table(key.target_table) is None or found.column(key.column) is None:
                continue
            ((count,),) = self._all(
                f"SELECT COUNT(*) FROM {q(found.name)} c WHERE c.{q(key.column)} IS NOT NULL "
                f"AND NOT EXISTS (SELECT 1 FROM {q(key.target_table)} p "
                f"WHERE p.{q(key.target_column)} = c.{q(key.column)})"
            )
            if count:
                sqlite = self.dialect.vendor == "sqlite"
                yield Finding(
                    kind=Kind.ORPHANED_ROWS,
                    severity=Severity.ERROR if sqlite else Severity.WARNING,
                    table=found.name,
                    name=key.column,
                    found=f"{count} rows that name no row of {key.target_table}",
                    statements=self.dialect.delete_orphans(found.name, key),
                    advice="Django refuses to migrate a SQLite database with broken references."
                    if sqlite
                    else "A foreign key cannot be added while they are there.",
                )
