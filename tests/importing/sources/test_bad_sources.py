"""What is no source says so: what was found, what was expected, what to do, and no password."""

from __future__ import annotations

import os
import sqlite3
import zlib

import pytest

from identity_bridge.exceptions import ImportSourceError
from identity_bridge.importing.sources import errors, open_source, servers
from tests.databases import POSTGRESQL, fixture_source, require_server


def refusal(spec, expected, **options):
    with pytest.raises(expected) as caught:
        open_source(spec, **options)
    assert isinstance(caught.value, ImportSourceError)
    assert caught.value.code == expected.code
    return str(caught.value)


def test_codes_are_stable_and_different():
    classes = ImportSourceError.__subclasses__()
    codes = {cls.code for cls in classes if cls.__module__ == errors.__name__}
    assert codes == {
        "source_ambiguous",
        "source_connection_lost",
        "source_driver_missing",
        "source_file_broken",
        "source_not_a_database",
        "source_not_found",
        "source_not_understood",
        "source_read_failed",
        "source_tables_missing",
        "source_unreachable",
    }


def test_a_path_that_does_not_exist_lists_the_aliases():
    message = refusal("nowhere.db", errors.SourceNotFound, django_databases={"legacy": {}})
    assert "legacy" in message


@pytest.mark.parametrize("spec", ["sqlite:///nowhere.db", "sqlite://"])
def test_a_sqlite_url_of_nothing_creates_no_file(spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusal(spec, errors.SourceNotFound)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_no_database_is_named_as_such(tmp_path):
    path = tmp_path / "backup.bak"
    path.write_bytes(b"TAPE" + bytes(500))
    assert "begins with b'TAPE" in refusal(str(path), errors.SourceNotADatabase)
    (tmp_path / "empty.db").write_bytes(b"")
    refusal(str(tmp_path / "empty.db"), errors.SourceNotADatabase)


@pytest.mark.contract
def test_a_truncated_sqlite_file_is_broken():
    with fixture_source("sqlite_v1_string") as spec:
        size = os.path.getsize(spec)
        os.truncate(spec, size // 2)
        assert f"expected {size}" in refusal(spec, errors.SourceFileBroken)


@pytest.mark.contract
def test_a_damaged_page_is_broken_not_a_crash():
    with fixture_source("sqlite_v1_string") as spec:
        with open(spec, "r+b") as file:
            size = os.path.getsize(spec)
            file.seek(4096)
            noise = zlib.compress(bytes(range(256)) * 8) * 1000
            file.write(noise[: size - 4096])
        with pytest.raises((errors.SourceFileBroken, errors.SourceReadFailed)):
            read_everything(spec)


def read_everything(spec):
    with open_source(spec) as source:
        source.read_users(after=None, limit=1000)
        for logical in ("user_claims", "user_tokens", "user_roles", "user_logins"):
            source.read_children(logical, after=None, up_to=None)


def test_a_database_without_tables_of_users_lists_what_it_has(tmp_path):
    path = tmp_path / "shop.db"
    sqlite3.connect(path).execute("CREATE TABLE Orders (Id int)").connection.close()
    assert "Orders" in refusal(str(path), errors.SourceTablesMissing)


def test_two_tables_of_users_are_listed(tmp_path):
    path = tmp_path / "two.db"
    connection = sqlite3.connect(path)
    for name in ("people", "members"):
        connection.execute(
            f"CREATE TABLE {name} (Id TEXT, UserName TEXT, PasswordHash TEXT, SecurityStamp TEXT)"
        )
    connection.close()
    message = refusal(str(path), errors.SourceAmbiguous)
    assert "members, people" in message
    with open_source(str(path), tables={"users": "people"}) as source:
        assert source.mapping("users").table.name == "people"


def test_an_empty_folder_says_which_files_it_expects(tmp_path):
    assert "AspNetUsers.csv" in refusal(str(tmp_path), errors.SourceTablesMissing)
    (tmp_path / "notes.pdf").touch()
    assert "notes.pdf" in refusal(str(tmp_path), errors.SourceTablesMissing)


def test_two_files_for_one_table_are_refused(tmp_path):
    (tmp_path / "AspNetUsers.csv").write_text("Id\n")
    (tmp_path / "AspNetUsers.jsonl").write_text("{}\n")
    refusal(str(tmp_path), errors.SourceAmbiguous)


def test_a_csv_with_a_wrong_column_count_names_file_and_line(tmp_path):
    (tmp_path / "AspNetUsers.csv").write_text("Id,UserName\na,b\nc\n")
    message = refusal(str(tmp_path), errors.SourceFileBroken)
    assert "AspNetUsers.csv, line 3: found 1 fields, expected 2" in message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_or_file_without_rights_is_unreachable(tmp_path):
    (tmp_path / "app.db").write_bytes(b"SQLite format 3\x00")
    (tmp_path / "app.db").chmod(0)
    refusal(str(tmp_path / "app.db"), errors.SourceUnreachable)
    (tmp_path / "closed").mkdir(mode=0)
    refusal(str(tmp_path / "closed"), errors.SourceUnreachable)


@pytest.mark.parametrize("method", ["iterdir", "open"])
def test_rights_that_are_missing_are_reported(tmp_path, monkeypatch, method):
    """The same for tests that run as root."""
    (tmp_path / "AspNetUsers.csv").write_text("Id\na\n")

    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(f"pathlib.Path.{method}", refuse)
    message = refusal(str(tmp_path), errors.SourceUnreachable)
    assert "Permission denied" in message


def test_an_unreachable_server_is_masked():
    require_server("postgresql")
    message = refusal("postgresql://ann:s3cr%40et@127.0.0.1:1/db", errors.SourceUnreachable)
    assert "postgresql://ann:***@127.0.0.1:1/db" in message
    assert "s3cr" not in message


def test_an_unknown_database_of_a_server_is_unreachable():
    require_server("postgresql")
    message = refusal(f"{POSTGRESQL}/ib_src_nowhere", errors.SourceUnreachable)
    assert "ib_src_nowhere" in message


def test_a_wrong_password_of_mariadb_is_not_shown():
    require_server("mariadb")
    message = refusal("mariadb://ann:s3cret@127.0.0.1:3306/db", errors.SourceUnreachable)
    assert "s3cret" not in message
    assert "ann" in message


@pytest.mark.parametrize(
    "spec", ["oracle://ann:s3cret@host/db", "postgresql://ann:s3cret@host:notaport/db"]
)
def test_a_url_that_is_not_understood_is_masked(spec):
    assert "s3cret" not in refusal(spec, errors.SourceNotUnderstood)


def test_an_alias_of_an_engine_nobody_reads_is_named():
    databases = {"legacy": {"ENGINE": "django.db.backends.oracle", "NAME": "x"}}
    message = refusal("legacy", errors.SourceNotUnderstood, django_databases=databases)
    assert "django.db.backends.oracle" in message


@pytest.mark.parametrize("scheme", ["postgres", "mariadb", "sqlserver"])
def test_a_missing_driver_names_the_extra(scheme, monkeypatch):
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)
    message = refusal(f"{scheme}://host/db", errors.SourceDriverMissing)
    assert f"pip install 'django-identity-bridge[{servers.DIALECTS[scheme]}]'" in message


def test_a_driver_named_in_the_url_that_is_missing_names_the_extra():
    message = refusal("postgresql+nothing://host/db", errors.SourceDriverMissing)
    assert "django-identity-bridge[postgresql]" in message


def test_rights_missing_on_a_table_are_reported_as_a_refused_query():
    require_server("postgresql")
    with fixture_source("pg_v1_string") as url, open_source(url) as source:
        source._session.connection.exec_driver_sql("SET ROLE pg_monitor")
        with pytest.raises(errors.SourceReadFailed, match="permission denied"):
            source.count("users")
