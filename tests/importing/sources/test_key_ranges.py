"""Ranges of keys lose nobody, whatever the keys look like."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from identity_bridge.importing.sources import open_source
from tests.databases import mariadb_database, postgresql_database

GUIDS = [f"{number:08X}-0000-4000-8000-00000000000A" for number in range(0xA0, 0xA8)]


def build(path, *, ids, owners, key="Id TEXT"):
    connection = sqlite3.connect(path)
    connection.execute(
        f"CREATE TABLE AspNetUsers ({key}, UserName TEXT, PasswordHash TEXT, SecurityStamp TEXT)"
    )
    connection.execute(
        "CREATE TABLE AspNetUserClaims (Id INTEGER, UserId TEXT, ClaimType TEXT, ClaimValue TEXT)"
    )
    rows = [(identifier, f"u{index}") for index, identifier in enumerate(ids)]
    connection.executemany("INSERT INTO AspNetUsers (Id, UserName) VALUES (?, ?)", rows)
    claims = [(index, owner, "t") for index, owner in enumerate(owners)]
    connection.executemany(
        "INSERT INTO AspNetUserClaims (Id, UserId, ClaimType) VALUES (?, ?, ?)", claims
    )
    connection.commit()
    connection.close()
    return str(path)


def ranges(source, limit):
    """Return for each batch the keys of users and the owners of claims."""
    found, after, more = [], None, True
    while more:
        batch = source.read_users(after=after, limit=limit)
        up_to = batch.last_key if batch.more else None
        claims = source.read_children("user_claims", after=after, up_to=up_to)
        found.append(([row[0] for row in batch.rows], [row[1] for row in claims]))
        after, more = batch.last_key, batch.more
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_users_that_share_a_key_come_in_one_batch(tmp_path, limit):
    ids = ["a", "b", "b", "b", "c"]
    spec = build(tmp_path / "app.db", ids=ids, owners=["b", "c", "zz"])
    with open_source(spec) as source:
        found = ranges(source, limit)
    assert sorted(key for keys, _ in found for key in keys) == ids
    assert [owner for _, owners in found for owner in owners] == ["b", "c", "zz"]
    assert sum("b" in keys for keys, _ in found) == 1


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_null_and_empty_keys_come_with_the_first_batch(tmp_path, limit):
    spec = build(tmp_path / "app.db", ids=[None, "", "a", None, "b"], owners=[None, "", "b", None])
    with open_source(spec) as source:
        found = ranges(source, limit)
    keys = [key for batch, _ in found for key in batch]
    assert sorted(keys, key=str) == ["", None, None, "a", "b"]
    assert found[0][0][:2] == [None, None]
    assert found[0][1][:2] == [None, None]
    assert [owner for _, owners in found for owner in owners] == [None, None, "", "b"]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_guids_in_both_cases_meet_their_children(tmp_path, limit):
    owners = [guid.lower() if index % 2 else guid for index, guid in enumerate(GUIDS)]
    spec = build(tmp_path / "app.db", ids=GUIDS, owners=owners, key="Id TEXT PRIMARY KEY")
    with open_source(spec) as source:
        assert source.layout.key_type == "guid"
        found = ranges(source, limit)
    for keys, claims in found:
        assert keys == claims
    assert [key for keys, _ in found for key in keys] == [guid.lower() for guid in GUIDS]


def test_an_empty_table_is_one_empty_batch(tmp_path):
    spec = build(tmp_path / "app.db", ids=[], owners=["orphan"])
    with open_source(spec) as source:
        assert ranges(source, 10) == [([], ["orphan"])]


@pytest.mark.parametrize("ids", [["1", "2", "10"], ["01", "2", "10"]])
def test_integer_keys_of_exports_are_integers_unless_they_have_leading_zeros(tmp_path, ids):
    (tmp_path / "AspNetUsers.csv").write_text(
        "Id,UserName,PasswordHash,SecurityStamp\n" + "".join(f"{key},u,,\n" for key in ids)
    )
    (tmp_path / "AspNetUserClaims.csv").write_text(
        "Id,UserId,ClaimType,ClaimValue\n" + "".join(f"7,{key},t,v\n" for key in ids)
    )
    with open_source(str(tmp_path)) as source:
        found = ranges(source, 2)
        keys = [key for keys, _ in found for key in keys]
        assert source.layout.key_type == ("int" if ids[0] == "1" else "string")
    assert keys == ([1, 2, 10] if ids[0] == "1" else sorted(ids))
    assert [owner for _, owners in found for owner in owners] == keys


def test_side_tables_with_another_collation_are_compared_by_the_users_own():
    """In utf8mb4_general_ci ``_`` comes after letters, in utf8mb4_bin before lower-case ones."""
    ids = ["a_b", "aab", "azb", "B_x", "bax"]
    with mariadb_database() as url:
        engine = sa.create_engine(
            sa.make_url(url).set(drivername="mysql+mysqldb"), poolclass=sa.NullPool
        )
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE AspNetUsers (Id varchar(50) COLLATE utf8mb4_general_ci PRIMARY KEY, "
                "UserName text, PasswordHash text, SecurityStamp text)"
            )
            connection.exec_driver_sql(
                "CREATE TABLE AspNetUserClaims (Id int, UserId varchar(50) COLLATE utf8mb4_bin, "
                "ClaimType text, ClaimValue text)"
            )
            for key in ids:
                connection.exec_driver_sql("INSERT INTO AspNetUsers (Id) VALUES (%s)", (key,))
                connection.exec_driver_sql(
                    "INSERT INTO AspNetUserClaims (Id, UserId) VALUES (1, %s)", (key.upper(),)
                )
        with open_source(url) as source:
            assert source.case_insensitive_keys
            for limit in (1, 2, 3):
                for keys, owners in ranges(source, limit):
                    assert [key.upper() for key in keys] == owners


def test_text_that_is_no_utf_8_costs_nobody_else(tmp_path):
    spec = build(tmp_path / "app.db", ids=["a", "b"], owners=[])
    connection = sqlite3.connect(spec)
    connection.execute("UPDATE AspNetUsers SET UserName = CAST(x'4DFC' AS TEXT) WHERE Id = 'a'")
    connection.commit()
    connection.close()
    with open_source(spec) as source:
        assert [row[1] for row in source.read_users(after=None, limit=9).rows] == ["M\ufffd", "u1"]


def test_postgresql_side_tables_with_another_collation_agree_with_the_users():
    with postgresql_database() as url:
        engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool
        )
        with engine.begin() as connection:
            connection.exec_driver_sql(
                'CREATE TABLE "AspNetUsers" ("Id" text COLLATE "und-x-icu" PRIMARY KEY, '
                '"UserName" text, "PasswordHash" text, "SecurityStamp" text)'
            )
            connection.exec_driver_sql(
                'CREATE TABLE "AspNetUserClaims" ("Id" int, "UserId" text COLLATE "C", '
                '"ClaimType" text, "ClaimValue" text)'
            )
            for key in ("a", "B", "c", "Ä", "_"):
                connection.exec_driver_sql(
                    'INSERT INTO "AspNetUsers" ("Id") VALUES (%(key)s)', {"key": key}
                )
                connection.exec_driver_sql(
                    'INSERT INTO "AspNetUserClaims" ("UserId") VALUES (%(key)s)', {"key": key}
                )
        with open_source(url) as source:
            for limit in (1, 2, 3):
                assert all(keys == owners for keys, owners in ranges(source, limit))
