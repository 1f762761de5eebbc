# ruff: noqa: S608 - names are quoted, values literals
"""The SQL that settles a difference, in the dialect of the database. Pure: text in, text out.

SQLite cannot alter a column or a constraint. What does not touch the rows (a default, NOT NULL,
a foreign key) is changed there in the stored text of the table, the way its documentation of
ALTER TABLE describes under "Making Other Kinds Of Table Schema Changes": the statements of one
change belong into one transaction, on a copy first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .schema import column_type

if TYPE_CHECKING:
    from .schema import Column, ForeignKey, Index, Table


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Writes statements for one vendor: sqlite, postgresql or mysql."""

    vendor: str

    def quote(self, name: str) -> str:
        mark = "`" if self.vendor == "mysql" else '"'
        return mark + name.replace(mark, mark * 2) + mark

    def add_column(self, table: str, column: Column) -> tuple[str, ...]:
        return (
            f"ALTER TABLE {self.quote(table)} ADD COLUMN {self.quote(column.name)} "
            f"{column.definition};",
        )

    def create_index(self, table: str, index: Index) -> tuple[str, ...]:
        unique = "UNIQUE " if index.unique else ""
        columns = ", ".join(self.quote(name) for name in index.columns)
        return (
            f"CREATE {unique}INDEX {self.quote(index.name)} ON {self.quote(table)} ({columns});",
        )

    def drop_index(self, table: str, name: str) -> tuple[str, ...]:
        suffix = f" ON {self.quote(table)}" if self.vendor == "mysql" else ""
        return (f"DROP INDEX {self.quote(name)}{suffix};",)

    def set_default(self, table: Table, column: Column, default: str) -> tuple[str, ...]:
        if self.vendor == "sqlite":
            text = _column_text(table.sql, column.name)
            return () if text is None else self._edit(table, text, f"{text} DEFAULT {default}")
        if self.vendor == "mysql" and column_type(column.type, "mysql").family == "text":
            default = f"({default})"  # longtext takes an expression only
        return (
            f"ALTER TABLE {self.quote(table.name)} ALTER COLUMN {self.quote(column.name)} "
            f"SET DEFAULT {default};",
        )

    def set_nullable(self, table: Table, column: Column, nullable: bool) -> tuple[str, ...]:
        place = f"ALTER TABLE {self.quote(table.name)}"
        if self.vendor == "postgresql":
            verb = "DROP" if nullable else "SET"
            return (f"{place} ALTER COLUMN {self.quote(column.name)} {verb} NOT NULL;",)
        if self.vendor == "mysql":
            return (f"{place} MODIFY {self._mysql_column(column, nullable=nullable)};",)
        text = _column_text(table.sql, column.name)
        if text is None:
            return ()
        bare = re.sub(r"\s+(NOT\s+)?NULL\b", "", text, flags=re.IGNORECASE)
        return self._edit(table, text, bare if nullable else f"{bare} NOT NULL")

    def set_type(self, table: str, column: Column, type_name: str) -> tuple[str, ...]:
        name = self.quote(column.name)
        place = f"ALTER TABLE {self.quote(table)}"
        if self.vendor == "postgresql":
            return (f"{place} ALTER COLUMN {name} TYPE {type_name} USING {name}::{type_name};",)
        if self.vendor == "mysql":
            null = "NULL" if column.nullable else "NOT NULL"
            return (f"{place} MODIFY {name} {type_name} {null};",)
        return ()  # SQLite: the type of a column is fixed; a new table would be needed

    def set_primary_key(self, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
        listed = ", ".join(self.quote(name) for name in columns)
        place = f"ALTER TABLE {self.quote(table.name)}"
        if self.vendor == "sqlite":
            return ()
        drop: tuple[str, ...] = ()
        if table.primary_key:
            name = self.quote(table.primary_key_name)
            what = "PRIMARY KEY" if self.vendor == "mysql" else f"CONSTRAINT {name}"
            drop = (f"{place} DROP {what};",)
        return (*drop, f"{place} ADD PRIMARY KEY ({listed});")

    def add_foreign_key(self, table: Table, key: ForeignKey) -> tuple[str, ...]:
        constraint = f"CONSTRAINT {self.quote(key.name)} FOREIGN KEY ({self.quote(key.column)}) "
        constraint += self._references(key)
        if self.vendor != "sqlite":
            return (f"ALTER TABLE {self.quote(table.name)} ADD {constraint};",)
        end = table.sql.rfind(")")
        if end < 0:
            return ()
        start = max(table.sql.rfind(",", 0, end), table.sql.find("("))
        tail = table.sql[start:]
        closing = tail.rfind(")")
        edited = f"{tail[:closing].rstrip()}, {constraint}{tail[closing:]}"
        return self._edit(table, tail, edited)

    def set_cascade(self, table: Table, key: ForeignKey) -> tuple[str, ...]:
        """Replace a foreign key by one with ON DELETE CASCADE."""
        if self.vendor != "sqlite":
            what = "FOREIGN KEY" if self.vendor == "mysql" else "CONSTRAINT"
            drop = f"ALTER TABLE {self.quote(table.name)} DROP {what} {self.quote(key.name)};"
            return (drop, *self.add_foreign_key(table, key))
        found = _reference_text(table.sql, key)
        if found is None:
            return ()
        bare = re.sub(r"\s+ON\s+DELETE\s+(SET\s+\w+|NO\s+ACTION|\w+)", "", found, flags=re.I)
        return self._edit(table, found, f"{bare} ON DELETE CASCADE")

    def delete_orphans(self, table: str, key: ForeignKey) -> tuple[str, ...]:
        q = self.quote
        return (
            f"DELETE FROM {q(table)} WHERE {q(key.column)} IS NOT NULL AND {q(key.column)} NOT IN "
            f"(SELECT {q(key.target_column)} FROM {q(key.target_table)});",
        )

    def _references(self, key: ForeignKey) -> str:
        deferrable = " DEFERRABLE INITIALLY DEFERRED" if key.deferrable else ""
        return (
            f"REFERENCES {self.quote(key.target_table)} ({self.quote(key.target_column)}) "
            f"ON DELETE CASCADE{deferrable}"
        )

    def _mysql_column(self, column: Column, *, nullable: bool) -> str:
        collation = f" COLLATE {column.collation}" if column.collation else ""
        default = f" DEFAULT {column.default}" if column.default is not None else ""
        null = "NULL" if nullable else "NOT NULL"
        return f"{self.quote(column.name)} {column.type}{collation} {null}{default}"

    @staticmethod
    def _edit(table: Table, old: str, new: str) -> tuple[str, ...]:
        """Change the stored text of a SQLite table, leaving its rows alone."""
        return (
            "PRAGMA writable_schema = ON;",
            f"UPDATE sqlite_schema SET sql = replace(sql, {literal(old)}, {literal(new)}) "
            f"WHERE type = 'table' AND name = {literal(table.name)};",
            "PRAGMA writable_schema = RESET;",
            "PRAGMA integrity_check;",
        )


def _name(name: str) -> str:
    return rf'["`\[]?{re.escape(name)}["`\]]?'


def _column_text(sql: str, column: str) -> str | None:
    """Return a column's definition as it stands in CREATE TABLE, None if it is not clear."""
    found = re.findall(
        rf'(?<=[(,\s])["`\[]{re.escape(column)}["`\]]\s+\w(?:\([^()]*\)|[^,()])*', sql
    )
    return found[0].rstrip() if len(found) == 1 else None


def _reference_text(sql: str, key: ForeignKey) -> str | None:
    action = r"(?:\s+ON\s+DELETE\s+(?:SET\s+\w+|NO\s+ACTION|\w+))?"
    target = (
        rf"REFERENCES\s+{_name(key.target_table)}\s*\(\s*{_name(key.target_column)}\s*\){action}"
    )
    of_table = rf"FOREIGN\s+KEY\s*\(\s*{_name(key.column)}\s*\)\s*{target}"
    of_column = rf'["`\[]{re.escape(key.column)}["`\]](?:\([^()]*\)|[^,()])*?{target}'
    for pattern in (of_table, of_column):
        if found := re.search(pattern, sql, flags=re.IGNORECASE):
            return found[0]
    return None
