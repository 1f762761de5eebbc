"""Compare the tables that the models expect with those that a database has. Pure: no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .findings import Finding, Kind, Severity
from .schema import column_type
from .statements import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schema import Column, Schema, Table

#: Django-only columns that give rights: one of these names in a .NET table means something else.
PRIVILEGED_COLUMNS = frozenset({"IsStaff", "IsSuperuser"})


def compare(
    expected: Schema, found: Schema, *, adopted: bool, key_columns: frozenset[tuple[str, str]]
) -> tuple[Finding, ...]:
    """Return every difference.

    ``adopted`` says that ``migrate`` has run: before, what it will add is no difference.
    ``key_columns`` are (table, column) whose type is judged elsewhere, by KEY_TYPE.
    """
    comparison = _Comparison(Dialect(found.vendor), adopted, key_columns)
    findings: list[Finding] = []
    for table in expected.tables:
        present = found.table(table.name)
        if present is None:
            findings.append(comparison.missing_table(table))
        else:
            findings += comparison.table(table, present)
    findings += comparison.references(found)
    return tuple(findings)


class _Comparison:
    def __init__(
        self, dialect: Dialect, adopted: bool, key_columns: frozenset[tuple[str, str]]
    ) -> None:
        self.dialect = dialect
        self.adopted = adopted
        self.key_columns = key_columns

    def missing_table(self, expected: Table) -> Finding:
        if expected.created_by_migrate and not self.adopted:
            return Finding(
                kind=Kind.MISSING_TABLE,
                severity=Severity.INFORMATION,
                table=expected.name,
                advice="migrate makes it: schema versions 1 and 2 have no passkeys.",
            )
        return Finding(
            kind=Kind.MISSING_TABLE,
            severity=Severity.ERROR,
            table=expected.name,
            statements=expected.create,
            advice="--fake-initial needs all seven tables of ASP.NET Core Identity.",
        )

    def table(self, expected: Table, found: Table) -> Iterator[Finding]:
        for column in expected.columns:
            present = found.column(column.name)
            if present is None:
                yield self._missing_column(found, column)
            else:
                yield from self._column(found, column, present)
        declared = {column.name for column in expected.columns}
        for column in found.columns:
            if column.name not in declared:
                yield self._undeclared(found, column)
        if expected.primary_key != found.primary_key:
            yield Finding(
                kind=Kind.WRONG_PRIMARY_KEY,
                severity=Severity.ERROR,
                table=found.name,
                found=", ".join(found.primary_key) or "none",
                expected=", ".join(expected.primary_key),
                statements=self.dialect.set_primary_key(found, expected.primary_key),
                advice="SQLite cannot change a primary key: import into a new database."
                if self.dialect.vendor == "sqlite"
                else "",
            )
        yield from self._indexes(expected, found)
        yield from self._foreign_keys(expected, found)

    # Columns

    def _missing_column(self, table: Table, column: Column) -> Finding:
        if column.django_only and not self.adopted:
            return Finding(
                kind=Kind.MISSING_COLUMN,
                severity=Severity.INFORMATION,
                table=table.name,
                name=column.name,
                expected=column.type,
                advice="migrate adds it, with a default where .NET must not leave it NULL.",
            )
        return Finding(
            kind=Kind.MISSING_COLUMN,
            severity=Severity.ERROR,
            table=table.name,
            name=column.name,
            expected=column.type,
            statements=self.dialect.add_column(table.name, column),
        )

    def _column(self, table: Table, expected: Column, found: Column) -> Iterator[Finding]:
        place: dict[str, Any] = {"table": table.name, "name": found.name}
        if expected.django_only and not self.adopted:
            yield self._present_django_column(table, found)
        want = column_type(expected.type, self.dialect.vendor)
        have = column_type(found.type, self.dialect.vendor)
        if (table.name, found.name) in self.key_columns:
            pass
        elif not have.takes(want, self.dialect.vendor) and not expected.django_only:
            yield Finding(
                kind=Kind.WRONG_TYPE,
                severity=Severity.ERROR if self.dialect.vendor != "sqlite" else Severity.WARNING,
                found=found.type,
                expected=expected.type,
                statements=self.dialect.set_type(table.name, found, expected.type),
                advice="SQLite keeps values of any type in any column."
                if self.dialect.vendor == "sqlite"
                else "",
                **place,
            )
        elif have.length and want.length and have.length < want.length:
            yield Finding(
                kind=Kind.SHORTER_TEXT,
                severity=Severity.INFORMATION,
                found=found.type,
                expected=expected.type,
                advice=f"Takes {have.length} characters; longer ones are refused by the database.",
                **place,
            )
        if expected.nullable != found.nullable and not expected.django_only:
            yield Finding(
                kind=Kind.NULLABLE if found.nullable else Kind.NOT_NULLABLE,
                severity=Severity.WARNING,
                found="NULL" if found.nullable else "NOT NULL",
                expected="NULL" if expected.nullable else "NOT NULL",
                statements=self.dialect.set_nullable(table, found, expected.nullable),
                advice="No row may hold NULL there." if found.nullable else "",
                **place,
            )
        if self.adopted and expected.default is not None and found.default is None:
            yield Finding(
                kind=Kind.MISSING_DEFAULT,
                severity=Severity.INFORMATION,
                expected=expected.default,
                statements=self.dialect.set_default(table, found, expected.default),
                advice="Needed where .NET inserts users without naming this column.",
                **place,
            )

    def _present_django_column(self, table: Table, column: Column) -> Finding:
        privileged = column.name in PRIVILEGED_COLUMNS
        return Finding(
            kind=Kind.PRESENT_DJANGO_COLUMN,
            severity=Severity.WARNING if privileged else Severity.INFORMATION,
            table=table.name,
            name=column.name,
            found=column.type,
            advice="Django will give the rights that this column names: look at its rows."
            if privileged
            else "It stays as it is, and Django uses it.",
        )

    def _undeclared(self, table: Table, column: Column) -> Finding:
        fills_itself = column.nullable or column.default is not None or column.generated
        if fills_itself:
            return Finding(
                kind=Kind.UNDECLARED_COLUMN,
                severity=Severity.INFORMATION,
                table=table.name,
                name=column.name,
                found=column.type,
                advice="It stays, with its values; Django does not see it.",
            )
        users = table.name == "AspNetUsers"
        return Finding(
            kind=Kind.UNDECLARED_REQUIRED_COLUMN,
            severity=Severity.ERROR,
            table=table.name,
            name=column.name,
            found=f"{column.type} NOT NULL without default",
            expected="a field that declares it, or a default in the database",
            statements=self.dialect.set_default(table, column, self._blank(column)),
            advice="Django cannot insert rows. Declare it in a subclass of AbstractIdentityUser "
            "(inspect_aspnet_identity --emit-model writes one), or give it a default."
            if users
            else "Django cannot insert rows here. Give it a default that means something to .NET.",
        )

    def _blank(self, column: Column) -> str:
        family = column_type(column.type, self.dialect.vendor).family
        if self.dialect.vendor == "postgresql" and family == "boolean":
            return "false"
        dates = {"datetime": "'1970-01-01 00:00:00'", "timestamptz": "'1970-01-01 00:00:00+00'"}
        if family in dates:
            return dates[family]
        return "''" if family in {"text", "binary"} else "0"

    # Indexes and foreign keys

    def _indexes(self, expected: Table, found: Table) -> Iterator[Finding]:
        for index in expected.indexes:
            if index.django_only and not self.adopted:
                continue
            same = [other for other in found.indexes if other.columns == index.columns]
            serving = [
                other
                for other in found.indexes
                if other.columns[: len(index.columns)] == index.columns
            ]
            place: dict[str, Any] = {"table": found.name, "name": index.name}
            columns = ", ".join(index.columns)
            if index.unique and same and not any(other.unique for other in same):
                drops = [
                    statement
                    for other in same
                    if other.name == index.name
                    for statement in self.dialect.drop_index(found.name, other.name)
                ]
                yield Finding(
                    kind=Kind.NOT_UNIQUE,
                    severity=Severity.WARNING,
                    found=f"an index on {columns}",
                    expected=f"a unique index on {columns}",
                    statements=(*drops, *self.dialect.create_index(found.name, index)),
                    **place,
                )
            elif not (same if index.unique else serving):
                yield Finding(
                    kind=Kind.MISSING_INDEX,
                    severity=Severity.WARNING,
                    expected=f"{'a unique' if index.unique else 'an'} index on {columns}",
                    statements=self.dialect.create_index(found.name, index),
                    **place,
                )
            elif not index.unique and any(other.unique for other in same):
                yield Finding(
                    kind=Kind.STRICTER_INDEX,
                    severity=Severity.INFORMATION,
                    found=f"a unique index on {columns}",
                    expected=f"an index on {columns}",
                    advice="Two users cannot share the value; set USER_REQUIRE_UNIQUE_EMAIL.",
                    **place,
                )

    def _foreign_keys(self, expected: Table, found: Table) -> Iterator[Finding]:
        for key in expected.foreign_keys:
            present = next(
                (other for other in found.foreign_keys if other.column == key.column), None
            )
            place: dict[str, Any] = {"table": found.name, "name": key.column}
            target = f"{key.target_table}.{key.target_column} ON DELETE {key.on_delete}"
            if present is None:
                yield Finding(
                    kind=Kind.MISSING_FOREIGN_KEY,
                    severity=Severity.WARNING,
                    expected=target,
                    statements=self.dialect.add_foreign_key(found, key),
                    **place,
                )
            elif present.on_delete != key.on_delete:
                yield Finding(
                    kind=Kind.WRONG_ON_DELETE,
                    severity=Severity.WARNING,
                    found=f"ON DELETE {present.on_delete}",
                    expected=target,
                    statements=self.dialect.set_cascade(found, present),
                    advice="Deleting a user or role leaves this to the database.",
                    **place,
                )

    def references(self, found: Schema) -> Iterator[Finding]:
        """Find Django's tables that keep a .NET application from deleting a user."""
        for table in found.django_tables:
            for key in table.foreign_keys:
                if key.on_delete not in {"CASCADE", "SET NULL"}:
                    yield Finding(
                        kind=Kind.BLOCKING_REFERENCE,
                        severity=Severity.INFORMATION,
                        table=table.name,
                        name=key.column,
                        found=f"{key.target_table} ON DELETE {key.on_delete}",
                        expected=f"{key.target_table} ON DELETE CASCADE",
                        statements=self.dialect.set_cascade(table, key),
                        advice="A .NET application cannot delete a row of "
                        f"{key.target_table} that this table names.",
                    )
