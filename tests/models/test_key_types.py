"""One set of migrations for string, guid, int and bigint keys, on a database of its own each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from identity_bridge import fields
from tests.adoption.copies import CUSTOM_USER, STORE, Copy, new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_TYPES = ("string", "guid", "int", "bigint")
SERVERS = ("sqlite", "postgresql", "mariadb")

COLUMN_TYPES = {
    ("sqlite", "string"): "TEXT",
    ("sqlite", "guid"): "TEXT",
    ("sqlite", "int"): "integer",
    ("sqlite", "bigint"): "integer",
    ("postgresql", "string"): "text",
    ("postgresql", "guid"): "uuid",
    ("postgresql", "int"): "integer",
    ("postgresql", "bigint"): "bigint",
    ("mariadb", "string"): "varchar(450)",
    ("mariadb", "guid"): "char(36)",
    ("mariadb", "int"): "int(11)",
    ("mariadb", "bigint"): "bigint(20)",
}


@pytest.fixture(
    scope="module",
    params=[(server, key_type) for server in SERVERS for key_type in KEY_TYPES],
    ids="-".join,
)
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copy]:
    server, key_type = request.param
    with new_database(server, key_type, STORE, tmp_path_factory.mktemp("keys")) as database:
        done = database.manage("migrate")
        assert done.returncode == 0, done.stderr
        yield database


@pytest.mark.slow
def test_the_same_migrations_serve_it(migrated: Copy) -> None:
    done = migrated.manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_nothing_differs_from_the_models(migrated: Copy) -> None:
    code, report = migrated.check()
    assert code == 0, report
    kinds = {finding["kind"] for finding in report["findings"]}
    assert kinds <= {"blocking_reference"}  # Django's admin log


@pytest.mark.slow
def test_users_live_under_such_keys(migrated: Copy) -> None:
    found: dict[str, Any] = migrated.ask("live")
    assert found["column"].lower() == COLUMN_TYPES[migrated.kind, migrated.key_type].lower()
    if migrated.key_type in {"int", "bigint"}:
        assert isinstance(found["key"], int)
    else:
        assert len(found["key"]) == 36
        assert found["key"] == found["key"].lower()
    assert found["found"] == [True, True, True]
    assert found["nothing"] == [None, None, None]
    raw = str(migrated.execute('SELECT "Id" FROM "AspNetUsers"')[0][0])
    upper = (migrated.kind, migrated.key_type) == ("sqlite", "guid")
    assert raw == (str(found["key"]).upper() if upper else str(found["key"]))


@pytest.mark.slow
def test_a_users_own_model_is_made_as_well(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("custom")
    with new_database("sqlite", "string", CUSTOM_USER, folder) as database:
        done = database.manage("migrate")
        assert done.returncode == 0, done.stderr
        assert database.manage("makemigrations", "--check", "--dry-run").returncode == 0
        code, report = database.check()
        assert code == 0, json.dumps(report, indent=1)
        assert database.ask("live")["found"] == [True, True, True]


def test_the_migrations_do_not_name_the_type() -> None:
    for key_class in (
        fields.StringKeyField,
        fields.GuidKeyField,
        fields.IntKeyField,
        fields.BigIntKeyField,
    ):
        _name, path, args, kwargs = key_class(primary_key=True, db_column="Id").deconstruct()
        assert path == "identity_bridge.fields.key_field"
        assert (args, kwargs) == ([], {"primary_key": True, "db_column": "Id"})


@pytest.mark.parametrize("value", ["", "x", "123", "{", "0" * 33])
def test_what_is_no_guid_is_refused(value: str) -> None:
    with pytest.raises(Exception, match="GUID"):
        fields.GuidKeyField().to_python(value)


def test_a_guid_is_read_in_any_spelling() -> None:
    field = fields.GuidKeyField()
    expected = "0e8efbc5-ede5-4fa7-8f06-0f3a85e0264c"
    for spelling in (expected, expected.upper(), f"{{{expected}}}", expected.replace("-", "")):
        assert field.to_python(spelling) == expected
    assert field.to_python(None) is None
