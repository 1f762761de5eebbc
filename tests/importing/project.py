"""A project of its own in other processes, which a test may kill, starve or cut off.

Its database is of the kind that TEST_DATABASE names: a SQLite file, or a new database of the
server.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tests.fixtures_data import fixture_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SETTINGS = """
import json
import os

from tests.projects.store.settings import *

_given = json.loads(os.environ["PROJECT_SETTINGS"])
DATABASES = _given["DATABASES"]
IDENTITY_BRIDGE = _given["IDENTITY_BRIDGE"]
"""
_ROOT = Path(__file__).parents[2]
VENDOR = getattr(settings, "TEST_DATABASE", "sqlite")


class Project:
    """A folder with a settings module, and the databases it names."""

    def __init__(
        self, folder: Path, databases: dict[str, dict[str, Any]], **identity_bridge: Any
    ) -> None:
        self.databases = databases
        (folder / "project_settings.py").write_text(_SETTINGS)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "project_settings",
            "PYTHONPATH": os.pathsep.join([str(folder), str(_ROOT)]),
            "PROJECT_SETTINGS": json.dumps(
                {"DATABASES": databases, "IDENTITY_BRIDGE": identity_bridge}
            ),
        }

    def start(self, *arguments: object, limit: Callable[[], None] | None = None) -> Any:
        return subprocess.Popen(
            [sys.executable, "-m", "django", *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
        )

    def manage(self, *arguments: object, limit: Callable[[], None] | None = None) -> Any:
        """Run a command to its end."""
        process = self.start(*arguments, limit=limit)
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def imported(self, *arguments: object, limit: Callable[[], None] | None = None) -> Any:
        """Import and return the JSON report."""
        done = self.manage("import_aspnet_identity", *arguments, "--format", "json", limit=limit)
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        return json.loads(done.stdout)

    def migrated(self) -> Project:
        for alias in self.databases:
            done = self.manage("migrate", "--database", alias, "-v0")
            assert done.returncode == 0, done.stderr
        return self

    def ask(self, sql: str, alias: str = "default") -> list[tuple[Any, ...]]:
        """Return the rows of a query, on a connection of its own."""
        with contextlib.closing(self._connect(self.databases[alias])) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def count(self, table: str) -> int:
        quote = "`" if VENDOR == "mariadb" else '"'
        return int(self.ask(f"SELECT COUNT(*) FROM {quote}{table}{quote}")[0][0])

    def wait_for(self, number: int, table: str = "AspNetUsers") -> None:
        """Wait until so many rows are committed."""
        for _try in range(600):
            if self.count(table) >= number:
                return
            time.sleep(0.05)
        raise AssertionError(f"{table} never had {number} rows")

    @staticmethod
    def _connect(database: dict[str, Any]) -> Any:
        if database["ENGINE"].endswith("sqlite3"):
            import sqlite3

            return sqlite3.connect(database["NAME"], timeout=30)
        if database["ENGINE"].endswith("postgresql"):
            import psycopg

            return psycopg.connect(
                dbname=database["NAME"],
                host=database["HOST"],
                port=database["PORT"],
                user=database["USER"],
                password=database.get("PASSWORD") or None,
                autocommit=True,
            )
        import MySQLdb

        return MySQLdb.connect(
            host=database["HOST"],
            port=int(database["PORT"]),
            user=database["USER"],
            password=database.get("PASSWORD") or "",
            database=database["NAME"],
            autocommit=True,
        )


@contextlib.contextmanager
def new_database(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the settings of a new database of the kind under test."""
    given = {
        name: settings.DATABASES["default"][name]
        for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
        if settings.DATABASES["default"].get(name)
    }
    name = f"ib_prj_{uuid.uuid4().hex[:12]}"
    if VENDOR == "sqlite":
        yield {"ENGINE": given["ENGINE"], "NAME": str(folder / f"{name}.db")}
        return
    server = {**given, "NAME": "postgres" if VENDOR == "postgresql" else "mysql"}
    if VENDOR == "postgresql":
        create, drop = f"CREATE DATABASE {name}", f"DROP DATABASE {name} WITH (FORCE)"
    else:
        create, drop = f"CREATE DATABASE {name} CHARACTER SET utf8mb4", f"DROP DATABASE {name}"
    _run(server, create)
    try:
        yield {**given, "NAME": name}
    finally:
        _run(server, drop)


def _run(server: dict[str, Any], sql: str) -> None:
    with contextlib.closing(Project._connect(server)) as connection:
        connection.cursor().execute(sql)


def scale_database(path: Path, users: int) -> Path:
    """Write a large source."""
    script = fixture_path("databases/scale.py")
    subprocess.run(
        [sys.executable, str(script), "--users", str(users), "--sqlite", str(path)],
        check=True,
        capture_output=True,
    )
    return path
