"""Connect to a database server as a reader of one snapshot.

Whatever happens at the source during an import, the import sees one state of it: PostgreSQL in a
READ ONLY, REPEATABLE READ transaction, MySQL in a READ ONLY transaction WITH CONSISTENT SNAPSHOT,
SQL Server with ApplicationIntent=ReadOnly and, where the database allows it, in SNAPSHOT
isolation (it has no read-only transaction; only SELECTs are sent, and all is rolled back).
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from identity_bridge.importing.sources.errors import (
    SourceDriverMissing,
    SourceNotUnderstood,
    SourceUnreachable,
)
from identity_bridge.importing.sources.naming import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

DIALECTS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "sqlserver": "mssql",
}
"""Scheme of a URL -> SQLAlchemy's dialect."""

DRIVERS: dict[str, Sequence[tuple[str, str]]] = {
    "postgresql": [("psycopg", "psycopg")],
    "mysql": [("mysqldb", "MySQLdb"), ("pymysql", "pymysql")],
    "mssql": [("mssqlpython", "mssql_python")],
}
"""Dialect -> (SQLAlchemy's name of a driver, its module), best first."""

CONNECT_TIMEOUT = 10
"""Seconds."""


def server_url(url: sa.URL) -> sa.URL:
    """Return the URL with the dialect and an installed driver filled in.

    :raises SourceNotUnderstood: no such kind of database.
    :raises SourceDriverMissing: its driver is not installed.
    """
    scheme, _, driver = url.drivername.partition("+")
    if scheme not in DIALECTS:
        raise SourceNotUnderstood(
            f"{scheme}:// is no kind of database that can be imported from. Expected one of "
            f"{', '.join(sorted({*DIALECTS, 'sqlite'}))}."
        )
    dialect = DIALECTS[scheme]
    driver = driver or _installed_driver(dialect)
    url = url.set(drivername=f"{dialect}+{driver}")
    if dialect == "mssql":
        url = url.update_query_dict({"ApplicationIntent": "ReadOnly"})
    return url


def _installed_driver(dialect: str) -> str:
    for driver, module in DRIVERS[dialect]:
        if importlib.util.find_spec(module) is not None:
            return driver
    raise SourceDriverMissing(
        f"no Python driver for {dialect} is installed. "
        f"Install one: pip install 'django-identity-bridge[{dialect}]'"
    )


def connect(url: sa.URL) -> sa.Connection:
    """Connect, and begin the transaction that everything is read in.

    :raises SourceDriverMissing: the driver named in the URL is not installed.
    :raises SourceUnreachable: the server does not answer, or does not let us in.
    """
    try:
        # Parameters are keys of users: they do not belong in messages and logs.
        engine = sa.create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_connect_arguments(url)
        )
        return _BEGIN[url.get_backend_name()](engine)
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        hint = " and SQLAlchemy 2.1" if "mssqlpython" in url.drivername else ""
        raise SourceDriverMissing(
            f"the driver of {url.drivername} cannot be loaded: {error}. Install it{hint}: "
            f"pip install 'django-identity-bridge[{url.get_backend_name()}]'"
        ) from error
    except (sa.exc.DBAPIError, sa.exc.ArgumentError, TypeError) as error:
        # ``from None``: the driver's own exception may hold the whole connection string.
        raise SourceUnreachable(
            f"{display_name(url)} cannot be reached: {_reason(error, url)}. Check host, port, "
            "user, password and database name, and that the server accepts this machine."
        ) from None


def display_name(url: sa.URL) -> str:
    """Return the URL as a report may show it."""
    shown = url.set(drivername=url.get_backend_name(), query={})
    return shown.render_as_string(hide_password=True)


def _reason(error: Exception, url: sa.URL) -> str:
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    if url.password:
        text = text.replace(url.password, "***")
    return mask(text).rstrip(".")[:500]


def _connect_arguments(url: sa.URL) -> dict[str, Any]:
    driver = url.get_driver_name()
    if driver == "psycopg":
        given = {"connect_timeout", "application_name"} & set(url.query)
        arguments = {
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "identity_bridge import",
        }
        return {name: value for name, value in arguments.items() if name not in given}
    if driver in ("mysqldb", "pymysql"):
        return {"charset": "utf8mb4", "connect_timeout": CONNECT_TIMEOUT}
    return {}


def _begin_postgresql(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    for setting in (
        "TimeZone = 'UTC'",
        "DateStyle = 'ISO, YMD'",
        "IntervalStyle = 'iso_8601'",
        # The importer may think about a batch for longer than a web application may.
        "statement_timeout = 0",
        "idle_in_transaction_session_timeout = 0",
    ):
        connection.exec_driver_sql(f"SET {setting}")
    return connection


def _begin_mysql(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect()
    connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
    connection.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    return connection


def _begin_mssql(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect()
    allowed = connection.exec_driver_sql(
        "SELECT snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()"
    ).scalar()
    connection.rollback()
    if allowed == 1:
        connection = connection.execution_options(isolation_level="SNAPSHOT")
    return connection


_BEGIN = {
    "postgresql": _begin_postgresql,
    "mysql": _begin_mysql,
    "mssql": _begin_mssql,
}
