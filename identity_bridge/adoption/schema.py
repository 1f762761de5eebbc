"""Tables as values: what the models expect and what a database has, in the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    name: str
    type: str
    """The type as the database spells it."""
    nullable: bool
    default: str | None = None
    """The default's SQL; None where there is none."""
    generated: bool = False
    """Filled by the database: an identity, AUTO_INCREMENT or computed column."""
    collation: str | None = None
    definition: str = ""
    """Expected columns: what follows the name in ALTER TABLE … ADD COLUMN."""
    django_only: bool = False
    """Expected columns: ``migrate`` adds it, .NET does not know it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    name: str
    columns: tuple[str, ...]
    unique: bool = False
    django_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignKey:
    name: str
    column: str
    target_table: str
    target_column: str
    on_delete: str
    """``CASCADE``, ``NO ACTION``, ``RESTRICT``, ``SET NULL`` or ``SET DEFAULT``."""
    deferrable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    primary_key_name: str = ""
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    sql: str = ""
    """SQLite: the table's CREATE TABLE as it is stored."""
    create: tuple[str, ...] = ()
    """Expected tables: the statements that make it."""
    created_by_migrate: bool = False
    """Expected tables: ``migrate --fake-initial`` makes it where it is missing."""

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    vendor: str
    tables: tuple[Table, ...]
    django_tables: tuple[Table, ...] = ()
    """Found: other tables of the Django project, with their references to these ones."""

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a type's name means: its family and, of text, its bound."""

    family: str
    length: int | None = None

    def takes(self, other: ColumnType, vendor: str) -> bool:
        """Tell if a column of this type can stand where ``other`` is expected."""
        if self.family == other.family:
            return True
        return (vendor, other.family, self.family) in _INTERCHANGEABLE


# (vendor, expected, found)
_INTERCHANGEABLE = {
    ("postgresql", "integer", "bigint"),
    ("postgresql", "jsonb", "json"),
    ("mysql", "integer", "bigint"),
    ("mysql", "json", "text"),  # MariaDB's json is longtext
    ("sqlite", "numeric", "text"),  # Django's date, time and decimal; EF keeps them as TEXT
    ("sqlite", "numeric", "integer"),  # Django's bool
}

_FAMILIES = (
    ("boolean", r"bool|boolean|tinyint\(1\)|bit\(1\)"),
    ("uuid", r"uuid|uniqueidentifier|char\(36\)"),
    ("timestamptz", r"timestamp(\(\d\))? with time zone|timestamptz"),
    ("datetime", r"datetime(\(\d\))?|timestamp(\(\d\))?( without time zone)?"),
    ("date", r"date"),
    ("bigint", r"bigint(\(\d+\))?|bigserial"),
    ("integer", r"int(eger)?(\(\d+\))?|serial|smallint(\(\d+\))?"),
    ("text", r"(n?var)?n?char(acter)?( varying)?(\(\d+\))?|(tiny|medium|long)?text|citext"),
    ("jsonb", r"jsonb"),
    ("json", r"json"),
    ("binary", r"bytea|(var)?binary(\(\d+\))?|(tiny|medium|long)?blob"),
)


def column_type(text: str, vendor: str) -> ColumnType:
    """Return what a type means in a database of this vendor."""
    spelled = " ".join(text.lower().replace("unsigned", "").replace("auto_increment", "").split())
    found = re.search(r"\((\d+)\)", spelled)
    length = int(found[1]) if found else None
    if vendor == "sqlite":
        return ColumnType(_affinity(spelled))
    if vendor == "postgresql" and spelled == "character(36)":
        return ColumnType("text", 36)
    for family, pattern in _FAMILIES:
        if re.fullmatch(pattern, spelled):
            return ColumnType(family, length if family == "text" else None)
    return ColumnType(spelled)


def _affinity(spelled: str) -> str:
    """Apply SQLite's rules of column affinity (Datatypes In SQLite, 3.1)."""
    if "int" in spelled:
        return "integer"
    if any(word in spelled for word in ("char", "clob", "text")):
        return "text"
    if "blob" in spelled or not spelled:
        return "binary"
    if any(word in spelled for word in ("real", "floa", "doub")):
        return "real"
    return "numeric"
