"""Send queries to an opened source, and turn what goes wrong into our errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from identity_bridge.importing.sources.errors import (
    SourceConnectionLost,
    SourceFileBroken,
    SourceReadFailed,
)
from identity_bridge.importing.sources.naming import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")


class Session:
    """One connection in one read-only transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        name: str,
        check: Callable[[], None] | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.connection = connection
        self.name = name
        self._check = check
        self._on_close = on_close

    def close(self) -> None:
        """End the transaction; files staged for the source go with it."""
        try:
            self.connection.close()
        except sa.exc.DBAPIError:
            # The server has gone: there is nothing left to close.
            self.connection.invalidate()
        finally:
            if self._on_close is not None:
                self._on_close()

    def fetch(
        self, statement: sa.Select[Any], bound: Mapping[str, object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return all rows of a query as plain tuples.

        :raises ImportSourceError: see ``translated``.
        """
        if self._check is not None:
            self._check()
        try:
            return translated(self.name, lambda: self._run(statement, bound or {}))
        except SourceReadFailed as error:
            if "Could not decode to UTF-8" not in str(error):
                raise
        # One damaged text in a SQLite file must not cost all the others: from here on such bytes
        # come as U+FFFD. Slower, so not from the start.
        driver: Any = self.connection.connection.driver_connection
        driver.text_factory = lambda text: text.decode("utf-8", "replace")
        return translated(self.name, lambda: self._run(statement, bound or {}))

    def _run(self, statement: sa.Select[Any], bound: Mapping[str, object]) -> list[tuple[Any, ...]]:
        result = self.connection.execute(statement, bound)
        dialect: Any = self.connection.dialect
        cursor: Any = result.cursor
        try:
            # The driver's own rows: SQLAlchemy's would cost as much again.
            rows: Any = cursor.fetchall() if cursor is not None else []
        except dialect.dbapi.Error as error:
            # SQLite and SQL Server send rows only now, and nobody has wrapped the error yet.
            lost = dialect.is_disconnect(error, self.connection.connection, cursor)
            raise sa.exc.DBAPIError(None, None, error, connection_invalidated=lost) from error
        finally:
            result.close()
        # mysqlclient gives a tuple of tuples, mssql-python rows of a class of its own.
        if rows and type(rows[0]) is not tuple:
            return [tuple(row) for row in rows]
        return list(rows)


def translated(name: str, action: Callable[[], T]) -> T:
    """Run a query; what the driver raises becomes one of our errors.

    :raises SourceConnectionLost: the server has gone.
    :raises SourceFileBroken: the file is damaged.
    :raises SourceReadFailed: anything else, such as a missing right.
    """
    try:
        return action()
    except sa.exc.DBAPIError as error:
        reason = mask(" ".join(str(error.orig).split()))[:500].rstrip(".")
        if error.connection_invalidated:
            raise SourceConnectionLost(
                f"the connection to {name} was lost: {reason}. What was committed stays; "
                "run the import again to go on."
            ) from error
        if "malformed" in reason or "disk image" in reason or "not a database" in reason:
            raise SourceFileBroken(
                f"{name} is damaged: {reason}. Expected a whole SQLite file; copy it again."
            ) from error
        raise SourceReadFailed(
            f"{name} refused a query: {reason}. Check that this login may read the tables."
        ) from error
    except sa.exc.SQLAlchemyError as error:
        if "closed" in str(error) or "invalid" in str(error):
            raise SourceConnectionLost(
                f"the connection to {name} was lost before. Open the source again."
            ) from error
        raise
