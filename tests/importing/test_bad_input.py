"""Sources that are not what they should be, and targets that cannot take them."""

from __future__ import annotations

import base64
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from identity_bridge.models import ImportRun
from tests.importing.project import Project, new_database
from tests.importing.small_sources import PASSWORD, SmallSource, issues_of, run_command

User = get_user_model()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("no-such-file.db", "source_not_found"),
        ("gopher://host/db", "source_not_understood"),
        ("postgresql://nobody:geheim@127.0.0.1:1/db", "source_unreachable"),
        ("mysql://nobody:geheim@127.0.0.1:1/db", "source_unreachable"),
        ("sqlite:///no-such-file.db", "source_not_found"),
    ],
)
def test_a_source_that_cannot_be_opened_is_told_by_its_code(spec: str, code: str) -> None:
    pytest.importorskip("psycopg" if spec.startswith("post") else "json")
    pytest.importorskip("MySQLdb" if spec.startswith("mysql") else "json")
    for format_ in ("text", "json"):
        outcome = run_command(spec, format=format_)
        assert outcome.exit_code == 2
        assert f"CommandError: {code}: " in outcome.err
        assert "geheim" not in outcome.out + outcome.err
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("certainly not a database, but long enough " * 50)
    assert "source_not_a_database" in run_command(tmp_path / "text.db").err
    (tmp_path / "empty.db").write_bytes(b"")
    assert run_command(tmp_path / "empty.db").exit_code == 2


@pytest.mark.django_db
def test_a_database_without_users_is_told(source: SmallSource) -> None:
    source.run("DROP TABLE AspNetUsers")
    outcome = run_command(source.path)
    assert (outcome.exit_code, "source_tables_missing" in outcome.err) == (2, True)


@pytest.mark.django_db
def test_a_damaged_file_ends_the_run_and_not_with_a_traceback(source: SmallSource) -> None:
    for number in range(400):
        source.insert("AspNetUsers", Id=f"u{number:03}", UserName=f"u{number:03}")
    data = bytearray(source.path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8192] = b"\xff" * 8192
    source.path.write_bytes(data)
    outcome = run_command(source.path, format="json")
    assert outcome.exit_code == 2
    assert outcome.data["error"]["code"].startswith("source_")


@pytest.mark.django_db
def test_side_tables_and_columns_may_be_missing_or_more(source: SmallSource) -> None:
    for table in ("AspNetUserTokens", "AspNetUserPasskeys", "AspNetRoleClaims"):
        source.run(f'DROP TABLE "{table}"')
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "Weird col]umn" TEXT')
    source.run("ALTER TABLE AspNetUsers DROP COLUMN PhoneNumberConfirmed")
    source.user("u1", **{"Weird col]umn": "x"})
    assert run_command(source.path).exit_code == 0
    assert User.objects.get().phone_number_confirmed is False


# Hostile hashes


def _v3(iterations: int, salt: int) -> str:
    head = struct.pack(">BIII", 1, 2, iterations, salt)
    return base64.b64encode(head + b"s" * salt + b"k" * 32).decode()


@pytest.mark.django_db
def test_hostile_hashes_cost_nothing_and_are_in_the_report(source: SmallSource) -> None:
    source.user("iterations", PasswordHash=_v3(2**31 - 1, 16))
    source.user("salt", PasswordHash=_v3(1000, 1_000_000))
    source.user("negative", PasswordHash=_v3(2**32 - 1, 16))
    source.user("lying", PasswordHash=_v3(1000, 16)[:60])
    source.user("huge", PasswordHash="A" * 4_000_000)
    began = time.process_time()
    report = source.imported()
    for name in ("iterations", "salt", "huge"):
        user = User.objects.get(pk=name)
        assert not user.has_usable_password() or user.password
    assert time.process_time() - began < 5
    assert issues_of(report, "hash_iterations_over_cap") == ["iterations"]
    assert {"salt", "negative", "huge"} <= set(issues_of(report, "hash_invalid"))
    assert User.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("blob", [_v3(2**31 - 1, 16), _v3(1000, 1_000_000)])
def test_nobody_can_make_a_login_expensive_by_a_hash(
    source: SmallSource, blob: str, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher"]
    settings.IDENTITY_BRIDGE = {"PASSWORD_ITERATIONS": 1000}
    source.user("u1", PasswordHash=blob)
    source.imported()
    began = time.process_time()
    assert not User.objects.get().check_password(PASSWORD)
    assert time.process_time() - began < 1


# Targets


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with new_database(tmp_path) as database:
        yield Project(tmp_path, {"default": database})


def test_a_target_that_was_not_migrated_is_told(project: Project, source: SmallSource) -> None:
    done = project.manage("import_aspnet_identity", source.path)
    assert done.returncode == 2
    assert "import_target" in done.stderr
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("key_type", "fits", "misfit"),
    [
        ("guid", "6f9619ff-8b86-4011-b42d-00c04fc964ff", "not-a-guid"),
        ("int", "42", "3000000000"),
        ("bigint", "3000000000", "forty-two"),
    ],
)
def test_keys_that_do_not_fit_are_refused_before_anything_is_written(
    tmp_path: Path, source: SmallSource, key_type: str, fits: str, misfit: str
) -> None:
    with new_database(tmp_path) as database:
        project = Project(tmp_path, {"default": database}, KEY_TYPE=key_type).migrated()
        source.user(fits, "fits")
        source.user(misfit, "misfit")
        refused = project.imported(source.path)
        assert (refused["exit_code"], refused["error"]["code"]) == (2, "import_target")
        assert misfit in refused["error"]["message"]
        for table in ("AspNetUsers", "identity_bridge_import_run"):
            assert project.count(table) == 0
        source.remove("AspNetUsers", "Id = ?", misfit)
        report = project.imported(source.path)
        assert (report["exit_code"], report["verification"]["ok"]) == (0, True)
        assert project.count("AspNetUsers") == 1
        assert project.imported(source.path)["tables"]["AspNetUsers"]["unchanged"] == 1


def test_guids_that_only_look_so_at_both_ends_are_refused_in_time(tmp_path: Path) -> None:
    """A SQLite source types no column; 1 100 keys, the odd one in the middle."""
    import sqlite3
    from contextlib import closing

    source = SmallSource(tmp_path / "guids.db")
    keys = [f"{n:08X}-0000-4000-8000-000000000000" for n in range(1_100)]
    keys.insert(550, keys[550] + "-TAIL")
    with closing(sqlite3.connect(source.path)) as database:
        database.executemany(
            "INSERT INTO AspNetUsers (Id, UserName) VALUES (?, ?)", [(key, key) for key in keys]
        )
        database.commit()
    with new_database(tmp_path) as target:
        project = Project(tmp_path, {"default": target}, KEY_TYPE="guid").migrated()
        report = project.imported(source.path)
        assert report["error"]["code"] == "import_target"
        assert "-tail" in report["error"]["message"].lower()
        assert project.count("AspNetUsers") == 0


def test_another_database_of_the_project_can_be_the_target(tmp_path: Path) -> None:
    source = SmallSource(tmp_path / "source.db")
    source.user("u1")
    source.role("r1", "Editors")
    source.member("u1", "r1")
    with new_database(tmp_path) as first, new_database(tmp_path) as second:
        project = Project(tmp_path, {"default": first, "other": second}).migrated()
        assert project.imported(source.path, "--database", "other")["exit_code"] == 0
        assert project.count("AspNetUsers") == project.count("AspNetUserRoles") == 0
        assert project.ask("SELECT COUNT(*) FROM identity_bridge_import_run", "other")[0][0] == 1
        again = project.imported(source.path, "--database", "other")
        assert again["tables"]["AspNetUsers"]["unchanged"] == 1
        undone = project.manage("import_aspnet_identity", "--undo", "1", "--database", "other")
        assert undone.returncode == 0, undone.stderr
        # A target can be a source: by its alias.
        assert project.imported(source.path)["exit_code"] == 0
        moved = project.imported("default", "--database", "other")
        assert moved["tables"]["AspNetUsers"]["created"] == 1


def test_the_vendor_under_test_is_the_one_asked_for() -> None:
    from tests.importing.project import VENDOR

    assert connection.vendor == {"mariadb": "mysql"}.get(VENDOR, VENDOR)
