"""Read users and what belongs to them in batches of key ranges.

The loop every reader writes::

    with open_source(spec) as source:
        after, more = None, True
        while more:
            batch = source.read_users(after=after, limit=5000)
            up_to = batch.last_key if batch.more else None
            claims = source.read_children("user_claims", after=after, up_to=up_to)
            after, more = batch.last_key, batch.more

Memory is that of one batch; there is no query per user, and the source compares its own keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from identity_bridge.importing.layout import Generation, recognise
from identity_bridge.importing.sources import keys, old_statements, statements
from identity_bridge.importing.sources.columns import (
    ROLE_COLUMNS,
    USER_COLUMNS,
)
from identity_bridge.importing.sources.reflection import read_tables
from identity_bridge.importing.sources.session import Session, translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from identity_bridge.importing.layout import SourceLayout, TableInfo, TableMapping

TABLE_NAMES = {
    Generation.MEMBERSHIP: {
        "users": "membership_users",
        "roles": "membership_roles",
        "user_roles": "membership_user_roles",
    },
    Generation.SIMPLE_MEMBERSHIP: {
        "users": "user_profile",
        "roles": "webpages_roles",
        "user_roles": "webpages_user_roles",
        "user_logins": "webpages_oauth",
    },
}
"""What the tables of the old generations are called in ``SourceLayout.tables``."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in the order of their keys."""

    rows: list[tuple[Any, ...]]
    last_key: Any
    """Opaque: where the next batch starts (``after``) and this one's range ends (``up_to``)."""
    more: bool
    """There may be more rows after these."""


class Source:
    """An opened source; a context manager that closes it."""

    def __init__(self, session: Session, layout: SourceLayout, tables: Sequence[TableInfo]) -> None:
        self.name = session.name
        """Where it is, without its password."""
        self.layout = layout
        self.dialect = layout.dialect
        self._session = session
        self._tables = tuple(tables)
        self._queries: dict[str, statements.Query] = {}
        self._statements: dict[Any, sa.Select[Any]] = {}

    @classmethod
    def open(cls, session: Session, *, chosen: Mapping[str, str]) -> Self:
        """Recognise what the session leads to; it is closed when that fails."""
        try:
            connection = session.connection
            dialect = connection.dialect.name
            found = translated(session.name, lambda: read_tables(connection))
            layout = recognise(found, dialect, chosen=chosen)
            if dialect == "sqlite" and layout.key_type in ("string", "int"):
                samples = keys.sample_ids(session, layout.user_table)
                layout = recognise(found, dialect, sample_ids=samples, chosen=chosen)
        except BaseException:
            session.close()
            raise
        return cls(session, layout, found)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the transaction and let go of the source, and of the files staged for it."""
        self._session.close()

    # What is there

    def tables(self) -> tuple[TableInfo, ...]:
        """Return every table of the database, those that are not ours included."""
        return self._tables

    def mapping(self, logical: str) -> TableMapping | None:
        """Return the table that holds the logical one, whatever the generation calls it."""
        return self.layout.tables.get(
            TABLE_NAMES.get(self.layout.generation, {}).get(logical, logical)
        )

    def has(self, logical: str) -> bool:
        return self.mapping(logical) is not None

    def has_extras(self, logical: str) -> bool:
        """Whether rows of users or roles end with a dict."""
        return self.has(logical) and bool(self._query(logical).extras)

    def count(self, logical: str) -> int:
        """Return the number of rows; 0 where the source has no such table."""
        mapping = self.mapping(logical)
        if mapping is None:
            return 0
        table = keys.bare(mapping)
        return int(self._session.fetch(sa.select(sa.func.count()).select_from(table))[0][0])

    def duplicates(self, logical: str, *, limit: int) -> list[tuple[str, int]]:
        """Return normalised names of users or roles that stand in several rows, and how many.

        The database compares; sources without normalised names have no duplicates to report.
        """
        mapping = self.mapping(logical)
        column_name = "normalized_username" if logical == "users" else "normalized_name"
        if mapping is None or column_name not in mapping.columns:
            return []
        column: sa.ColumnClause[Any] = sa.column(mapping.columns[column_name])
        count = sa.func.count()
        statement = (
            sa.select(column, count)
            .select_from(keys.bare(mapping))
            .where(column.is_not(None))
            .group_by(column)
            .having(count > 1)
            .order_by(column)
            .limit(limit)
        )
        return [(name, int(number)) for name, number in self._session.fetch(statement)]

    @cached_property
    def case_insensitive_keys(self) -> bool:
        """Whether the source takes ``abc`` and ``ABC`` for the same key.

        Side tables may then spell a user's key in another case than the user's own row.
        """
        if self.layout.key_type != "string" or self.dialect not in ("mysql", "mssql"):
            return False
        collation = (self._rules.collation or "").lower()
        return "_cs" not in collation and "_bin" not in collation

    # Reading

    def read_users(self, *, after: Any, limit: int) -> Batch:
        """Return up to ``limit`` users (more only where they share a key) after a key.

        ``USER_COLUMNS``, and a dict where ``has_extras("users")``.
        """
        return self._read("users", len(USER_COLUMNS), after, limit)

    def read_roles(self, *, after: Any = None, limit: int = 10_000) -> Batch:
        """Return roles: ``ROLE_COLUMNS``, and a dict where ``has_extras("roles")``."""
        if not self.has("roles"):
            return Batch([], None, more=False)
        return self._read("roles", len(ROLE_COLUMNS), after, limit)

    def read_children(self, logical: str, *, after: Any, up_to: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a side table whose owner's key is in ``(after, up_to]``.

        None opens an end. Only the range without ``after`` holds rows whose owner is NULL.
        ``logical`` is a key of ``CHILD_COLUMNS``, which says what the rows are; role_claims are
        read by the keys of roles, all others by those of users.
        """
        mapping = self.mapping(logical)
        if mapping is None:
            return []
        variant = (logical, after is not None, up_to is not None)
        if variant not in self._statements:
            table = statements.MappedTable(mapping, self._rules)
            self._statements[variant] = statements.children(
                logical, table, after=variant[1], up_to=variant[2]
            )
        return self._session.fetch(
            self._statements[variant], statements.parameters(after=after, up_to=up_to)
        )

    def _read(self, logical: str, width: int, after: Any, limit: int) -> Batch:
        query = self._query(logical)
        variant = (logical, limit, after is None)
        if variant not in self._statements:
            self._statements[variant] = query.page(first=after is None, limit=limit)
        rows = self._session.fetch(
            self._statements[variant], statements.parameters(after=after, up_to=None)
        )
        more = len(rows) == limit
        if more and not self._unique_key(query):
            # The page may end between two rows of one key, and the next would begin after both.
            last = rows[-1][-1]
            rows = [row for row in rows if row[-1] != last]
            rows += self._session.fetch(query.ties(), {"after": last})
        last_key = rows[-1][-1] if rows else after
        if after is None and query.keyed.info(query.key).nullable:
            rows = self._session.fetch(query.keyless()) + rows
        return Batch(_shaped(rows, width, query), last_key, more)

    def _unique_key(self, query: statements.Query) -> bool:
        primary = [
            column.name for column in query.keyed.mapping.table.columns if column.primary_key
        ]
        return primary == [query.keyed.mapping.columns[query.key]]

    @cached_property
    def _rules(self) -> statements.KeyRules:
        return keys.key_rules(self._session, self.layout, self.mapping)

    def _query(self, logical: str) -> statements.Query:
        if logical not in self._queries:
            self._queries[logical] = self._build_query(logical)
        return self._queries[logical]

    def _build_query(self, logical: str) -> statements.Query:
        tables = {
            name: statements.MappedTable(mapping, self._rules)
            for name, mapping in self.layout.tables.items()
        }
        match (self.layout.generation, logical):
            case (Generation.MEMBERSHIP, "users"):
                return old_statements.membership_users(tables)
            case (Generation.MEMBERSHIP, _):
                applications = tables.get("applications")
                return old_statements.membership_roles(tables["membership_roles"], applications)
            case (Generation.SIMPLE_MEMBERSHIP, "users"):
                return old_statements.simple_membership_users(tables)
            case (Generation.SIMPLE_MEMBERSHIP, _):
                return old_statements.simple_membership_roles(tables["webpages_roles"])
            case (_, "users"):
                return statements.identity_users(tables["users"], USER_COLUMNS)
            case _:
                return statements.identity_users(tables["roles"], ROLE_COLUMNS)


def _shaped(
    rows: list[tuple[Any, ...]], width: int, query: statements.Query
) -> list[tuple[Any, ...]]:
    """Drop the page key, and put what follows the fixed columns into a dict."""
    if not query.extras:
        return [row[:width] for row in rows]
    names, finish = query.extras, query.finish
    if finish is None:
        return [(*row[:width], dict(zip(names, row[width:-1], strict=True))) for row in rows]
    return [(*row[:width], finish(dict(zip(names, row[width:-1], strict=True)))) for row in rows]
