"""Give tests the databases under FIXTURES_DIR/databases as sources of an import.

SQLite files are copied; dumps are loaded into new databases of the servers that the environment
variable TEST_DATABASES names (``sqlite postgresql mariadb``), once a process, and dropped at its
end; scripts for SQL Server become SQLite files, see ``tests.importing.sources.mssql_script``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sqlite3
import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fixtures_data import FIXTURES_DIR, fixture_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432")
MARIADB = {"host": "127.0.0.1", "port": 3306, "user": "root"}


def servers_enabled() -> set[str]:
    """Return the kinds of database the tests may use."""
    return set(os.environ.get("TEST_DATABASES", "sqlite").split())


def fixture_names() -> list[str]:
    """Return the names of all fixture databases; empty where the data folder lacks them."""
    folder = FIXTURES_DIR / "databases"
    return sorted(path.parent.name for path in folder.glob("*/manifest.json"))


@contextlib.contextmanager
def fixture_source(name: str) -> Iterator[str]:
    """Yield what ``open_source`` takes for a fixture database.

    ``exports_v3_string`` takes a variant: ``exports_v3_string/csv_excel``; a database with a
    script for SQL Server beside its SQLite file, ``identity2/script.sql``.
    """
    folder, _, variant = name.partition("/")
    path = fixture_path(f"databases/{folder}")
    if folder.startswith("pg_"):
        yield _postgresql_database(folder)
    elif folder.startswith("mysql_"):
        yield _mariadb_database(folder)
    elif folder.startswith("exports_"):
        yield str(path / (variant or "csv"))
    else:
        with tempfile.TemporaryDirectory(prefix="ib_src_") as place:
            copy = Path(place) / "app.db"
            if variant:
                load_mssql_script(copy, path / variant)
            elif folder.startswith("mssql_"):
                load_mssql_script(copy, path / "create.sql", path / "data.sql")
            else:
                shutil.copy(path / "app.db", copy)
            yield str(copy)


def require_server(kind: str) -> None:
    if kind not in servers_enabled():
        pytest.skip(f"TEST_DATABASES does not name {kind}")


@contextlib.contextmanager
def postgresql_database() -> Iterator[str]:
    """Yield the URL of a new, empty PostgreSQL database."""
    require_server("postgresql")
    name, drop = _create_postgresql()
    try:
        yield f"{POSTGRESQL}/{name}"
    finally:
        drop()


@contextlib.contextmanager
def mariadb_database() -> Iterator[str]:
    """Yield the URL of a new, empty MariaDB database."""
    require_server("mariadb")
    name, drop = _create_mariadb()
    try:
        yield _mariadb_url(name)
    finally:
        drop()


def load_mssql_script(database: Path, *scripts: Path) -> Path:
    """Load T-SQL scripts as SSMS writes them into a new SQLite file."""
    from tests.importing.sources.mssql_script import run_script

    connection = sqlite3.connect(database)
    for script in scripts:
        run_script(connection, script.read_bytes())
    connection.commit()
    connection.close()
    return database


def _new_name() -> str:
    return f"ib_src_{uuid.uuid4().hex[:12]}"


@cache
def _postgresql_database(folder: str) -> str:
    require_server("postgresql")
    import psycopg

    name, drop = _create_postgresql()
    atexit.register(drop)
    # As bytes: a CR inside a value must stay one.
    script = fixture_path(f"databases/{folder}/dump.sql").read_bytes()
    with psycopg.connect(f"{POSTGRESQL}/{name}", autocommit=True) as connection:
        connection.execute(script)
    return f"{POSTGRESQL}/{name}"


def _create_postgresql() -> tuple[str, Callable[[], None]]:
    import psycopg

    name = _new_name()

    def run(statement: str) -> None:
        with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
            connection.execute(statement)

    run(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING UTF8')
    return name, lambda: run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@cache
def _mariadb_database(folder: str) -> str:
    require_server("mariadb")
    import MySQLdb

    name, drop = _create_mariadb()
    atexit.register(drop)
    script = fixture_path(f"databases/{folder}/dump.sql").read_bytes()
    connection = MySQLdb.connect(**MARIADB, db=name, charset="utf8mb4")
    cursor = connection.cursor()
    cursor.execute(script)
    while cursor.nextset() is not None:
        pass
    cursor.close()
    connection.commit()
    connection.close()
    return _mariadb_url(name)


def _create_mariadb() -> tuple[str, Callable[[], None]]:
    import MySQLdb

    name = _new_name()

    def run(statement: str) -> None:
        connection = MySQLdb.connect(**MARIADB)
        connection.cursor().execute(statement)
        connection.close()

    run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    return name, lambda: run(f"DROP DATABASE IF EXISTS `{name}`")


def _mariadb_url(name: str) -> str:
    return f"mysql://{MARIADB['user']}@{MARIADB['host']}:{MARIADB['port']}/{name}"
