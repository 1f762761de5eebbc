"""Tables and columns as a database declares them, and how they map to ours. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column as the database declares it."""

    name: str
    type_name: str
    nullable: bool = True
    has_default: bool = False
    primary_key: bool = False
    collation: str | None = None
    """Of text columns of servers."""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table as the database declares it."""

    schema: str | None
    name: str
    columns: tuple[ColumnInfo, ...]

    @property
    def qualified_name(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> ColumnInfo:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A table of the source, and which of its columns is which of ours."""

    table: TableInfo
    columns: dict[str, str]
    """Logical column -> physical column."""
    custom_columns: tuple[ColumnInfo, ...] = ()
    """Columns that are not Identity's own. ``Discriminator`` and ``IsDeleted`` are among them:
    they are read as logical columns too, but no field of the user model holds them."""
    conventions: frozenset[str] = frozenset()
    """Naming conventions that each explain all its columns."""

    def info(self, logical: str) -> ColumnInfo | None:
        """Return the declaration of a logical column, or None where the table lacks it."""
        physical = self.columns.get(logical)
        return None if physical is None else self.table.column(physical)
