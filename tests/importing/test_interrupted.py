"""Killed, cut off or out of disk: what was committed is whole, and a second run goes on."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.importing.project import VENDOR, Project, new_database, scale_database

pytestmark = pytest.mark.slow

_USERS = 20_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scale_database(tmp_path_factory.mktemp("scale") / "source.db", _USERS)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with new_database(tmp_path) as database:
        yield Project(tmp_path, {"default": database}).migrated()


def _rows_of(source: Path) -> dict[str, int]:
    tables = ("AspNetUsers", "AspNetUserClaims", "AspNetUserLogins", "AspNetUserRoles")
    with closing(sqlite3.connect(source)) as connection:
        return {
            table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            for table in tables
        }


def _assert_whole(project: Project, source: Path) -> None:
    """Run again and find every row of the source once."""
    report = project.imported(source)
    assert report["error"] is None
    assert report["exit_code"] == 0
    assert report["verification"]["ok"] is True
    assert report["verification"]["users_equal"] == _USERS
    for table, number in _rows_of(source).items():
        assert project.count(table) == number
    assert project.count("identity_bridge_imported_record") == _USERS + 20
    again = project.imported(source)
    assert again["tables"]["AspNetUsers"]["unchanged"] == _USERS


def _started(project: Project, source: object) -> Any:
    process = project.start("import_aspnet_identity", source, "--batch-size", "200")
    try:
        project.wait_for(1_000)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return process


def test_a_killed_import_goes_on_where_it_was(project: Project, source: Path) -> None:
    process = _started(project, source)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -9
    arrived = project.count("AspNetUsers")
    assert 1_000 <= arrived < _USERS
    # A user and what belongs to it are committed together.
    assert project.count("identity_bridge_imported_record") == arrived + 20
    assert project.count("AspNetUserClaims") == 3 * arrived
    _assert_whole(project, source)


def test_a_second_import_at_the_same_time_is_refused(project: Project, source: Path) -> None:
    if VENDOR == "sqlite":
        pytest.skip("a SQLite file has no lock that outlives a transaction")
    process = _started(project, source)
    try:
        for arguments in ((source,), ("--undo", "1")):
            second = project.manage("import_aspnet_identity", *arguments)
            assert second.returncode == 2
            assert "Another import into this database is running" in second.stdout + second.stderr
    finally:
        out, err = process.communicate(timeout=240)
    assert process.returncode == 0, out + err


def test_a_lost_connection_to_the_target_is_told_and_can_go_on(
    project: Project, source: Path
) -> None:
    if VENDOR == "sqlite":
        pytest.skip("a file has no connection")
    process = project.start(
        "import_aspnet_identity", source, "--batch-size", "200", "--format", "json"
    )
    project.wait_for(1_000)
    _cut(project)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 2, err
    assert '"code": "import_target"' in out
    assert "run the same command again" in out
    assert "Traceback" not in err
    (outcome,) = project.ask("SELECT outcome FROM identity_bridge_import_run")
    assert outcome == ("failed",)
    _assert_whole(project, source)


def _cut(project: Project) -> None:
    if VENDOR == "postgresql":
        project.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return
    for number, *_rest in project.ask(
        "SELECT id FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    ):
        try:
            project.ask(f"KILL {number}")
        except Exception as error:
            # The connection that counted the rows may be closing by itself.
            if "Unknown thread id" not in str(error):
                raise


def test_a_lost_connection_to_the_source_is_told_and_can_go_on(
    project: Project, source: Path, tmp_path: Path
) -> None:
    if VENDOR != "postgresql":
        pytest.skip("the source is a PostgreSQL database")
    with new_database(tmp_path) as database:
        url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}"
        url = f"{url}/{database['NAME']}"
        origin = Project(tmp_path, {"default": database}).migrated()
        assert origin.imported(source)["exit_code"] == 0
        process = project.start(
            "import_aspnet_identity", url, "--batch-size", "200", "--format", "json"
        )
        project.wait_for(1_000)
        _cut(origin)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 2, err
        assert '"code": "source_connection_lost"' in out
        assert "Traceback" not in err
        report = project.imported(url)
        assert (report["error"], report["verification"]["ok"]) == (None, True)
        assert project.count("AspNetUsers") == _USERS


def test_a_full_disk_is_told_and_can_go_on(project: Project, source: Path) -> None:
    if VENDOR != "sqlite":
        pytest.skip("the server's disk is not ours to fill")
    size = Path(project.databases["default"]["NAME"]).stat().st_size + 4_000_000

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    report = project.imported(source, "--batch-size", "200", limit=limit)
    assert report["exit_code"] == 2
    assert report["error"]["code"] == "import_target"
    arrived = project.count("AspNetUsers")
    assert 0 < arrived < _USERS
    assert project.count("AspNetUserClaims") == 3 * arrived
    _assert_whole(project, source)


def test_memory_stays_flat_for_many_users(tmp_path: Path, project: Project) -> None:
    path = scale_database(tmp_path / "large.db", 60_000)
    # Not getrusage: its peak includes that of the process which started this one.
    script = (
        "import sys, django; from pathlib import Path;"
        "from django.core.management import call_command; django.setup();"
        "call_command('import_aspnet_identity', sys.argv[1]);"
        "status = Path('/proc/self/status').read_text();"
        "print('PEAK', status.split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    peak = int(done.stdout.rsplit("PEAK", 1)[1]) // 1024
    assert peak < 200, f"{peak} MB"
