"""An import against a bare COPY (SQLite: INSERT) of the same rows into the same tables.

BENCH_POSTGRESQL names the server (default postgresql://postgres@127.0.0.1:5432, none if empty);
BENCH_USERS the numbers of users.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TABLES = (
    "AspNetUsers",
    "AspNetRoles",
    "AspNetRoleClaims",
    "AspNetUserRoles",
    "AspNetUserClaims",
    "AspNetUserLogins",
    "AspNetUserTokens",
)
SCALE = Path(__file__).parent.parent / "tests/fixtures/databases/scale.py"
SERVER = os.environ.get("BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


def main() -> None:
    sizes = [int(n) for n in os.environ.get("BENCH_USERS", "100000 1000000").split()]
    print("Import (users with claims, roles, logins, tokens) against bare loading of the same rows")
    with tempfile.TemporaryDirectory() as place:
        for users in sizes:
            source = Path(place, f"{users}.db")
            arguments = [sys.executable, str(SCALE), "--users", str(users), "--sqlite", str(source)]
            subprocess.run(arguments, check=True, capture_output=True)
            if SERVER:
                _on_postgresql(source, users)
            _on_sqlite(source, users, Path(place, "target.db"))
            source.unlink()


def _run(source: Path, url: str) -> tuple[dict, float]:
    """Import in a process of its own; return its report and its peak memory in MB."""
    code = (
        "import resource, sys, django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "call_command('import_aspnet_identity', sys.argv[1], format='json', verbosity=0)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    environment = os.environ | {
        "BENCH_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", code, str(source)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(run.stdout[-500:] + run.stderr[-2000:])
    return json.loads(run.stdout), int(run.stderr.strip().splitlines()[-1]) / 1024


def _print(kind: str, users: int, report: dict, bare: float, peak: float) -> None:
    importing = users / report["users_per_second"]
    whole = report["duration_seconds"]
    rows = sum(table["source"] for table in report["tables"].values())
    print(
        f"  {kind:10} {users:9,} users, {rows:9,} rows: import {importing:6.1f} s"
        f" ({rows / importing:7,.0f} rows/s), with verification {whole:6.1f} s; bare {bare:6.1f} s;"
        f" ratio {bare / importing:.2f} (with verification {bare / whole:.2f}); peak {peak:.0f} MB"
    )


def _on_postgresql(source: Path, users: int) -> None:
    import psycopg

    name = f"ib_bench_{os.getpid()}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            report, peak = _run(source, f"{SERVER}/{name}")
            with psycopg.connect(f"{SERVER}/{name}") as connection:
                _print("PostgreSQL", users, report, _bare_copy(connection), peak)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _bare_copy(connection) -> float:  # type: ignore[no-untyped-def]
    """Load the imported rows once more with nothing but COPY; indexes and keys as they are."""
    names = ", ".join(f'"{table}"' for table in TABLES)
    with tempfile.TemporaryDirectory() as place, connection.cursor() as cursor:
        for table in TABLES:
            with (
                Path(place, table).open("wb") as out,
                cursor.copy(f'COPY "{table}" TO STDOUT') as copy,
            ):
                for part in copy:
                    out.write(part)
        cursor.execute(f"TRUNCATE {names} CASCADE")
        connection.commit()
        began = time.perf_counter()
        for table in TABLES:
            with (
                Path(place, table).open("rb") as rows,
                cursor.copy(f'COPY "{table}" FROM STDIN') as copy,
            ):
                while part := rows.read(io.DEFAULT_BUFFER_SIZE * 32):
                    copy.write(part)
        connection.commit()
        return time.perf_counter() - began


def _on_sqlite(source: Path, users: int, target: Path) -> None:
    target.unlink(missing_ok=True)
    report, peak = _run(source, f"sqlite:///{target}")
    bare = _bare_insert(target)
    _print("SQLite", users, report, bare, peak)
    target.unlink()


def _bare_insert(target: Path) -> float:
    """Insert the imported rows once more with one executemany a table; keys as they are."""
    connection = sqlite3.connect(target, isolation_level=None)
    rows = {}
    seconds = 0.0
    connection.execute("PRAGMA foreign_keys = ON")
    for table in reversed(TABLES):
        connection.execute(f'CREATE TEMP TABLE "kept_{table}" AS SELECT * FROM "{table}"')
    for table in ("AspNetUserTokens", *reversed(TABLES)):
        connection.execute(f'DELETE FROM "{table}"')
    for table in (TABLES[1], TABLES[0], *TABLES[2:]):
        cursor = connection.execute(f'SELECT * FROM "kept_{table}"')
        marks = ", ".join("?" * len(cursor.description))
        connection.execute("BEGIN")
        while rows := cursor.fetchmany(50_000):
            began = time.perf_counter()
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
            seconds += time.perf_counter() - began
        began = time.perf_counter()
        connection.execute("COMMIT")
        seconds += time.perf_counter() - began
    connection.close()
    return seconds
