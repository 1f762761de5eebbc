"""No source is ever written to, and one import sees one state of it."""

from __future__ import annotations

import hashlib
import os
import sqlite3

import pytest
import sqlalchemy as sa

from identity_bridge.importing.sources import open_source, sqlite_file
from identity_bridge.importing.sources.errors import SourceConnectionLost
from tests.databases import fixture_source, mariadb_database, postgresql_database

USERS = (
    'CREATE TABLE "AspNetUsers" ("Id" varchar(50) PRIMARY KEY, "UserName" varchar(50), '
    '"PasswordHash" varchar(50), "SecurityStamp" varchar(50))'
)


def add_user(connection, key):
    connection.execute(
        sa.text(
            'INSERT INTO "AspNetUsers" ("Id", "UserName") VALUES (:key, :key)'
            if connection.dialect.name != "mysql"
            else "INSERT INTO AspNetUsers (Id, UserName) VALUES (:key, :key)"
        ),
        {"key": key},
    )


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request):
    """The URL of a database with one user, and an engine to write to it."""
    database = postgresql_database if request.param == "postgresql" else mariadb_database
    with database() as url:
        driver = "postgresql+psycopg" if request.param == "postgresql" else "mysql+mysqldb"
        engine = sa.create_engine(sa.make_url(url).set(drivername=driver), poolclass=sa.NullPool)
        with engine.begin() as connection:
            ddl = USERS if request.param == "postgresql" else USERS.replace('"', "`")
            connection.exec_driver_sql(ddl)
            add_user(connection, "first")
        yield url, engine


def test_a_server_refuses_writes_through_the_source(server):
    url, _ = server
    with open_source(url) as source, pytest.raises(sa.exc.DBAPIError, match=r"(?i)read.only"):
        add_user(source._session.connection, "second")


def test_rows_written_during_the_import_are_not_seen(server):
    url, engine = server
    with open_source(url) as source:
        assert source.count("users") == 1
        with engine.begin() as connection:
            add_user(connection, "second")
        assert source.count("users") == 1
        assert [row[0] for row in source.read_users(after=None, limit=9).rows] == ["first"]


def test_a_killed_connection_is_reported_as_lost(server):
    url, engine = server
    with open_source(url) as source:
        connection = source._session.connection
        with engine.connect() as other:
            if connection.dialect.name == "postgresql":
                mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                other.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
            else:
                mine = connection.exec_driver_sql("SELECT connection_id()").scalar()
                other.exec_driver_sql(f"KILL {mine}")
        with pytest.raises(SourceConnectionLost, match="was lost") as caught:
            source.read_users(after=None, limit=5)
        assert caught.value.code == "source_connection_lost"
        with pytest.raises(SourceConnectionLost):
            source.count("users")


@pytest.mark.contract
@pytest.mark.parametrize("name", ["sqlite_v1_int", "sqlite_v3_string"])
def test_a_sqlite_file_and_its_folder_stay_as_they_are(name):
    """sqlite_v1_int is in WAL mode, where readers leave files behind."""
    with fixture_source(name) as spec:
        folder = os.path.dirname(spec)
        before = digest(spec)
        with open_source(spec) as source:
            source.read_users(after=None, limit=50)
            with pytest.raises(sa.exc.OperationalError, match=r"(?i)readonly|read-only"):
                source._session.connection.exec_driver_sql('DELETE FROM "AspNetUsers"')
            assert os.listdir(folder) == ["app.db"]
        assert os.listdir(folder) == ["app.db"]
        assert digest(spec) == before


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def new_database(path, *, wal=False):
    connection = sqlite3.connect(path, isolation_level=None)
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(USERS)
    connection.execute('INSERT INTO "AspNetUsers" ("Id", "UserName") VALUES (?, ?)', ["1x", "a"])
    return connection


def test_rows_that_are_only_in_the_wal_are_read(tmp_path):
    writer = new_database(tmp_path / "app.db", wal=True)
    with open_source(str(tmp_path / "app.db")) as source:
        assert source.count("users") == 1
        writer.execute('INSERT INTO "AspNetUsers" ("Id") VALUES (?)', ["2x"])
        assert source.count("users") == 1
    writer.close()


def test_a_folder_where_nothing_can_be_created_is_read_as_it_stands(tmp_path, monkeypatch):
    new_database(tmp_path / "app.db").close()
    connect = sqlite3.connect
    tried = []

    def refuse(database, *args, **kwargs):
        tried.append(database)
        if "immutable" not in database:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(database, *args, **kwargs)

    monkeypatch.setattr(sqlite_file.sqlite3, "connect", refuse)
    with open_source(str(tmp_path / "app.db")) as source:
        assert source.count("users") == 1
    assert len(tried) == 2


def test_a_file_written_to_while_it_is_read_as_immutable_stops_the_import(tmp_path):
    path = tmp_path / "app.db"
    new_database(path, wal=True).close()
    with open_source(str(path)) as source:
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute('INSERT INTO "AspNetUsers" ("Id") VALUES (?)', ["2x"])
        with pytest.raises(SourceConnectionLost, match="written to while it was read"):
            source.count("users")
        writer.close()


def test_the_temporary_copy_of_a_folder_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "AspNetUsers.csv").write_text("Id,UserName,PasswordHash,SecurityStamp\na,b,,\n")
    with open_source(str(folder)) as source:
        assert source.name == str(folder)
        (staged,) = (tmp_path / "temp").iterdir()
        assert staged.stat().st_mode & 0o077 == 0
    assert list((tmp_path / "temp").iterdir()) == []
    (folder / "AspNetUsers.csv").write_text("Id,UserName\na\n")
    with pytest.raises(Exception, match="found 1 fields"):
        open_source(str(folder))
    (folder / "AspNetUsers.csv").write_text("Id,Name\na,b\n")
    with pytest.raises(Exception, match="AspNetUsers"):
        open_source(str(folder))
    assert list((tmp_path / "temp").iterdir()) == []
