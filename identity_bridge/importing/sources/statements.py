"""Build the SELECTs that read users and what belongs to them.

Keyset pages: ``WHERE id > :after ORDER BY id`` in the source's own order of keys, and the same
range of keys in every side table, compared by the source, so that both agree whatever the
collation is. Each statement is built once and executed for every batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from identity_bridge.importing.sources import expressions
from identity_bridge.importing.sources.columns import CHILD_COLUMNS, CHILD_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.sql import ColumnElement

    from identity_bridge.importing.layout import (
        ColumnInfo,
        KeyType,
        TableMapping,
    )


@dataclass(frozen=True, slots=True)
class KeyRules:
    """How keys of this source are read and compared."""

    dialect: str
    key_type: KeyType
    collation: str | None = None
    """Collation of the users' key, to compare side tables with that have another."""
    fold_case: bool = False
    """Guid keys stand in both cases (SQLite compares text byte by byte)."""

    def comparable(self, column: ColumnElement[Any], info: ColumnInfo) -> Any:
        if self.fold_case:
            return sa.func.lower(column)
        if self.collation is not None and info.collation not in (None, self.collation):
            return expressions.collated(column, info, self.dialect, self.collation)
        return column

    def printed(self, column: ColumnElement[Any], info: ColumnInfo) -> Any:
        return expressions.key(column, info, self.dialect, self.key_type)

    def bind(self, name: str, info: ColumnInfo) -> Any:
        return expressions.key_bind(name, info, self.dialect, self.key_type)


class MappedTable:
    """A table of the source with its columns under our names."""

    def __init__(self, mapping: TableMapping, rules: KeyRules) -> None:
        names = [column.name for column in mapping.table.columns]
        self.mapping = mapping
        self.rules = rules
        self.table = sa.table(
            mapping.table.name, *(sa.column(name) for name in names), schema=mapping.table.schema
        )

    def column(self, logical: str) -> ColumnElement[Any]:
        """Return the bare column, for joins and comparisons."""
        return self.table.c[self.mapping.columns[logical]]

    def info(self, logical: str) -> ColumnInfo:
        return self.mapping.table.column(self.mapping.columns[logical])

    def value(self, logical: str) -> Any:
        """Return the expression that gives a logical column, NULL where the table lacks it."""
        if logical not in self.mapping.columns:
            return sa.null().label(f"no_{logical}")
        column, info = self.column(logical), self.info(logical)
        if logical in {"lockout_end", "lockout_end_date_utc"}:
            return expressions.moment(column, info, self.rules.dialect)
        if logical == "data":
            return expressions.document(column, self.rules.dialect)
        if logical == "credential_id":
            return column
        return expressions.plain(column, info, self.rules.dialect)

    def key(self, logical: str) -> Any:
        """Return the expression that gives a key as .NET prints it."""
        return self.rules.printed(self.column(logical), self.info(logical))

    def custom(self) -> list[tuple[str, Any]]:
        return [
            (info.name, expressions.plain(self.table.c[info.name], info, self.rules.dialect))
            for info in self.mapping.custom_columns
        ]


@dataclass(frozen=True, slots=True)
class Query:
    """What a page of rows is made of: the columns, where they come from, and their key."""

    columns: tuple[Any, ...]
    source: Any
    keyed: MappedTable
    key: str
    extras: tuple[str, ...] = ()
    """Names of the last columns, which go into a dict."""
    finish: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What is still done with that dict, where SQL cannot do it."""

    def page(self, *, first: bool, limit: int) -> sa.Select[Any]:
        """Return ``limit`` rows after ``:after`` (the first page: from the start)."""
        key, info, rules = self._key()
        statement = self._select().where(key.is_not(None))
        if not first:
            statement = statement.where(rules.comparable(key, info) > rules.bind("after", info))
        # A number, not a parameter of ours: only then SQL Server gets its plain TOP.
        return statement.order_by(rules.comparable(key, info)).limit(limit)

    def ties(self) -> sa.Select[Any]:
        """Return all rows with the key ``:after``, for tables that allow the same key twice."""
        key, info, rules = self._key()
        return self._select().where(rules.comparable(key, info) == rules.bind("after", info))

    def keyless(self) -> sa.Select[Any]:
        """Return the rows whose key is NULL; no range of keys holds them."""
        return self._select().where(self._key()[0].is_(None))

    def _select(self) -> sa.Select[Any]:
        key, info, rules = self._key()
        # The key as the database compares it comes last, for the next page to start from: a
        # Guid kept as text may be printed in another case than it is stored in.
        printed = expressions.is_guid(info.type_name) and rules.dialect in ("postgresql", "mssql")
        raw = rules.printed(key, info) if printed or rules.fold_case else key
        return sa.select(*self.columns, raw.label("page_key")).select_from(self.source)

    def _key(self) -> tuple[Any, ColumnInfo, KeyRules]:
        keyed = self.keyed
        return keyed.column(self.key), keyed.info(self.key), keyed.rules


def identity_users(table: MappedTable, columns: tuple[str, ...]) -> Query:
    """Return the query for a table that holds users or roles itself."""
    custom = table.custom()
    values = [table.key("id"), *(table.value(name) for name in columns[1:])]
    return Query(
        columns=(*values, *(value for _, value in custom)),
        source=table.table,
        keyed=table,
        key="id",
        extras=tuple(name for name, _ in custom),
    )


def children(
    logical: str,
    table: MappedTable,
    *,
    after: bool,
    up_to: bool,
) -> sa.Select[Any]:
    """Return the rows of a side table for a range of keys of the users (or roles).

    Without ``after`` the range is open at its start and also holds the rows with a NULL key,
    which belong to nobody; without ``up_to`` it is open at its end.
    """
    owner = CHILD_ORDER[logical][0]
    keys = {"user_id", "role_id"}
    values = [
        table.key(name) if name in keys else table.value(name) for name in CHILD_COLUMNS[logical]
    ]
    info, rules = table.info(owner), table.rules
    column = rules.comparable(table.column(owner), info)
    statement = sa.select(*values).select_from(table.table)
    if after:
        statement = statement.where(column > rules.bind("after", info))
    if up_to:
        within = column <= rules.bind("up_to", info)
        statement = statement.where(
            within if after else sa.or_(within, table.column(owner).is_(None))
        )
    order = [table.column(name) for name in CHILD_ORDER[logical][1:] if has(table.mapping, name)]
    return statement.order_by(column, *order)


def has(mapping: TableMapping, logical: str) -> bool:
    return logical in mapping.columns


def parameters(*, after: object, up_to: object) -> Mapping[str, object]:
    """Return the parameters of ``children`` for the ends that are not open."""
    ends = {"after": after, "up_to": up_to}
    return {name: value for name, value in ends.items() if value is not None}
