"""Copies of databases that EF wrote, each with the Django project that adopts it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.databases import MARIADB, POSTGRESQL, require_server
from tests.fixtures_data import fixture_path, load_json

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
STORE = "tests.projects.store.settings"
CUSTOM_USER = "tests.projects.custom_user.settings"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A database to be adopted, and how Django and a plain driver reach it."""

    fixture: str
    kind: str
    name: str
    key_type: str
    settings: str = STORE

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a management command of the project in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": self.settings,
                "PYTHONPATH": str(ROOT),
                "STORE_DATABASE": self.kind,
                "STORE_NAME": self.name,
                "STORE_KEY_TYPE": self.key_type,
            }
            | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def check(self) -> tuple[int, dict[str, Any]]:
        """Return the exit code and the JSON of ``adopt_aspnet_database --check``."""
        done = self.manage("adopt_aspnet_database", "--check", "--format", "json")
        assert done.returncode in {0, 1}, done.stderr
        return done.returncode, json.loads(done.stdout)

    def adopt(self) -> str:
        done = self.manage("migrate", "--fake-initial")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, question: str, *arguments: str) -> Any:
        """Return the answer of a function of ``questions.py``, asked in the Django project."""
        code = (
            f"from tests.adoption import questions; questions.answer({question!r}, {arguments!r})"
        )
        done = self.manage("shell", "--verbosity", "0", "-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def manifest(self) -> dict[str, Any]:
        return load_json(f"databases/{self.fixture}/manifest.json")

    def connect(self) -> Any:
        """Connect as the .NET application does: a plain driver, foreign keys enforced."""
        if self.kind == "sqlite":
            connection = sqlite3.connect(self.name, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            return connection
        if self.kind == "postgresql":
            import psycopg

            return psycopg.connect(f"{POSTGRESQL}/{self.name}", autocommit=True)
        import MySQLdb

        return MySQLdb.connect(**MARIADB, db=self.name, charset="utf8mb4", autocommit=True)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement written with ``"`` and ``?``, as EF's for SQLite is."""
        if self.kind == "mariadb":
            sql = sql.replace('"', "`")
        if self.kind != "sqlite":
            sql = sql.replace("?", "%s")
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            return list(cursor.fetchall()) if cursor.description else []

    def script(self, statements: list[str]) -> None:
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)

    def rows(self, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
        # As text: psycopg has no infinity.
        text = "::text" if self.kind == "postgresql" else ""
        listed = ", ".join(f'"{column}"{text}' for column in columns)
        return sorted(self.execute(f'SELECT {listed} FROM "{table}"'), key=repr)

    def columns(self, table: str) -> list[str]:
        quoted = f"`{table}`" if self.kind == "mariadb" else f'"{table}"'
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM {quoted} WHERE 1 = 0")
            return [column[0] for column in cursor.description]


def _postgresql(name: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f'{statement} "{name}"')


def _mariadb(statement: str) -> None:
    import MySQLdb

    connection = MySQLdb.connect(**MARIADB)
    connection.cursor().execute(statement)
    connection.close()


@contextlib.contextmanager
def new_database(
    kind: str, key_type: str, settings: str, folder: Path, fixture: str = ""
) -> Iterator[Copy]:
    """Yield an empty database; one on a server is dropped at the end."""
    require_server(kind)
    name = f"ib_adopt_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        name = str(folder / f"{name}.db")
    elif kind == "postgresql":
        _postgresql(name, "CREATE DATABASE")
    else:
        _mariadb(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    try:
        yield Copy(fixture=fixture, kind=kind, name=name, key_type=key_type, settings=settings)
    finally:
        if kind == "postgresql":
            _postgresql(name, "DROP DATABASE IF EXISTS")
        elif kind == "mariadb":
            _mariadb(f"DROP DATABASE IF EXISTS `{name}`")


@contextlib.contextmanager
def copied(fixture: str, key_type: str, settings: str, folder: Path) -> Iterator[Copy]:
    """Yield a new copy of a fixture's database; a copy on a server is dropped at the end."""
    kind = {"sqlite": "sqlite", "pg": "postgresql", "mysql": "mariadb"}[fixture.partition("_")[0]]
    with new_database(kind, key_type, settings, folder, fixture) as copy:
        if kind == "sqlite":
            shutil.copy(fixture_path(f"databases/{fixture}/app.db"), copy.name)
        else:
            script = fixture_path(f"databases/{fixture}/dump.sql").read_bytes()
            with contextlib.closing(copy.connect()) as connection:
                cursor = connection.cursor()
                cursor.execute(script)
                while kind == "mariadb" and cursor.nextset() is not None:
                    pass
        yield copy
