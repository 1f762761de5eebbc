"""Every fixture database, read through every kind of source, gives what its manifest says."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from identity_bridge.importing.layout import Generation
from identity_bridge.importing.sources import open_source
from identity_bridge.importing.sources.columns import CHILD_COLUMNS, USER_COLUMNS
from tests.databases import fixture_names, fixture_source
from tests.fixtures_data import load_json

pytestmark = pytest.mark.contract

EXPORTS = [f"exports_v3_string/{kind}" for kind in ("csv", "csv_backslash_n", "csv_excel", "jsonl")]
SCRIPTS = [
    f"{name}/script.sql"
    for name in (
        "identity2",
        "identity2_hybrid",
        "membership_sha1",
        "membership_hmacsha256",
        "simple_membership",
    )
]
SOURCES = [name for name in fixture_names() if name != "exports_v3_string"] + EXPORTS + SCRIPTS
CORE_SOURCES = [name for name in SOURCES if "membership" not in name]
AT = {name: index for index, name in enumerate(USER_COLUMNS)}
SAME = {
    "username": "user_name",
    "normalized_username": "normalized_user_name",
    "email": "email",
    "normalized_email": "normalized_email",
    "password": "password_hash",
    "security_stamp": "security_stamp",
    "concurrency_stamp": "concurrency_stamp",
    "phone_number": "phone_number",
}
GENERATIONS = {1: Generation.CORE_V1, 2: Generation.CORE_V2, 3: Generation.CORE_V3}


def manifest_of(name):
    return load_json(f"databases/{name.partition('/')[0]}/manifest.json")


def read_all(source, *, limit=7):
    """Read users and children in small ranges; return users and rows of children by table."""
    users, children = [], {logical: [] for logical in CHILD_COLUMNS if logical != "role_claims"}
    after, more = None, True
    while more:
        batch = source.read_users(after=after, limit=limit)
        up_to = batch.last_key if batch.more else None
        owners = {fold(source, row[0]) for row in batch.rows}
        users += batch.rows
        for logical, rows in children.items():
            found = source.read_children(logical, after=after, up_to=up_to)
            owner = CHILD_COLUMNS[logical].index("user_id")
            rows += [(fold(source, row[owner]) in owners, row) for row in found]
        after, more = batch.last_key, batch.more
    return users, children


def fold(source, key):
    return key.casefold().rstrip() if source.case_insensitive_keys else key


def late_users(manifest):
    """Users whom EF cannot read: they stand in expected_anomalies only."""
    return {
        str(anomaly["key"]["user_id"])
        for anomaly in manifest.get("expected_anomalies") or []
        if str(anomaly["key"].get("user_id", "")).startswith("late-")
    }


@pytest.fixture(scope="module", params=SOURCES)
def opened(request):
    with fixture_source(request.param) as spec, open_source(spec) as source:
        yield request.param, source, manifest_of(request.param)


def test_counts_are_the_totals_of_the_manifest(opened):
    _, source, manifest = opened
    counted = {
        mapping.table.qualified_name.removeprefix("public."): None
        for mapping in source.layout.tables.values()
    }
    for logical in ("users", "roles", *CHILD_COLUMNS):
        mapping = source.mapping(logical)
        if mapping is not None:
            name = mapping.table.qualified_name.removeprefix("public.")
            counted[name] = source.count(logical)
    for name, count in counted.items():
        if count is not None:
            assert count == manifest["totals"][name], name


def test_generation_and_key_type_are_recognised(opened):
    name, source, manifest = opened
    layout = source.layout
    assert layout.key_type == manifest["key_type"]
    if manifest.get("schema_version"):
        # Without lengths SQLite cannot show the difference between schema 1 and 2.
        assert layout.generation is GENERATIONS[manifest["schema_version"]]
    elif name.startswith("identity2_hybrid"):
        assert layout.generation is Generation.IDENTITY_2_HYBRID
    elif name.startswith("identity2"):
        assert layout.generation is Generation.IDENTITY_2
    elif name.startswith("simple"):
        assert layout.generation is Generation.SIMPLE_MEMBERSHIP
    else:
        assert layout.generation is Generation.MEMBERSHIP


def test_every_user_comes_once_with_its_columns(opened):
    name, source, manifest = opened
    users, _ = read_all(source)
    by_id = {row[0]: row for row in users}
    assert len(by_id) == len(users)
    assert {str(key) for key in by_id} - late_users(manifest) == {
        str(user["id"]) for user in manifest["users"]
    }
    if "membership" in name:
        return
    for user in manifest["users"]:
        row = by_id[user["id"]]
        for column, key in SAME.items():
            if key in user:
                assert row[AT[column]] == user[key], (user["id"], column)
        assert bool(row[AT["email_confirmed"]]) is user["email_confirmed"]
        assert row[AT["access_failed_count"]] == user["access_failed_count"]


def test_children_come_with_their_users_and_none_is_left_out(opened):
    _, source, manifest = opened
    _, children = read_all(source)
    dirty = bool(manifest.get("expected_anomalies"))
    for logical, rows in children.items():
        assert len(rows) == source.count(logical), logical
        if not dirty:
            assert all(found for found, _ in rows), logical


def test_role_claims_and_roles_come_whole(opened):
    _, source, manifest = opened
    roles, after, more = [], None, True
    while more:
        batch = source.read_roles(after=after, limit=2)
        roles += batch.rows
        after, more = batch.last_key, batch.more
    assert sorted((str(row[0]), row[1]) for row in roles if row[1] is not None) == sorted(
        (str(role["id"]), role["name"]) for role in manifest["roles"] if role["name"] is not None
    )
    claims = source.read_children("role_claims", after=None, up_to=None)
    assert len(claims) == source.count("role_claims")


def test_lockout_ends_survive_as_text(opened):
    name, source, manifest = opened
    if "membership" in name:
        return
    users, _ = read_all(source)
    by_id = {row[0]: row for row in users}
    for user in manifest["users"]:
        row = by_id[user["id"]]
        text = row[AT["lockout_end"]] or row[AT["lockout_end_date_utc"]]
        assert comparable(text) == comparable(user["lockout_end"]), user["id"]


def comparable(text):
    """Reduce a moment to its digits: all of them, without zeros at the end, offset dropped."""
    if text is None:
        return None
    text = {"infinity": "9999-12-31T23:59:59.9999999", "-infinity": "0001-01-01T00:00:00"}.get(
        text, text
    )
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00(?::00)?)?$", text)
    assert found is not None, text
    return found[1], found[2], (found[3] or "").rstrip("0")


@pytest.mark.parametrize("name", [name for name in CORE_SOURCES if "v3" in name or "snake" in name])
def test_passkeys_come_as_bytes_and_json_text(name):
    manifest = manifest_of(name)
    with fixture_source(name) as spec, open_source(spec) as source:
        rows = source.read_children("user_passkeys", after=None, up_to=None)
    assert len(rows) == 6
    for credential_id, user_id, data in rows:
        assert isinstance(credential_id, bytes)
        assert isinstance(data, str)
        assert data.startswith("{")
        assert user_id in {user["id"] for user in manifest["users"]}


@pytest.mark.parametrize("name", ["pg_custom_user", "sqlite_custom_user"])
def test_custom_columns_come_in_a_dict_under_their_own_names(name):
    manifest = manifest_of(name)
    with fixture_source(name) as spec, open_source(spec) as source:
        assert source.has_extras("users")
        users, _ = read_all(source)
        roles = source.read_roles().rows
    by_id = {row[0]: row for row in users}
    for user in manifest["users"]:
        extras, custom = by_id[user["id"]][-1], user["custom"]
        assert extras["FirstName"] == custom["first_name"]
        assert extras["TenantId"] == custom["tenant_id"]
        assert extras["Kind"] == custom["kind"]
        assert float(extras["Balance"]) == float(custom["balance"])
        assert extras["DateOfBirth"] == custom["date_of_birth"]
        assert comparable(extras["CreatedAt"]) == comparable(custom["created_at"])
        avatar = extras["Avatar"]
        assert (None if avatar is None else avatar.hex()) == custom["avatar_hex"]
    assert all({"Description", "CreatedOn"} == row[-1].keys() for row in roles)


@pytest.mark.parametrize("name", ["membership_sha1", "membership_sha1/script.sql"])
def test_membership_rows_hold_the_triple_and_the_documented_extras(name):
    manifest = manifest_of(name)
    with fixture_source(name) as spec, open_source(spec) as source:
        users, _ = read_all(source)
    by_id = {row[0]: row for row in users}
    for user in manifest["users"]:
        row = by_id[user["id"]]
        extras = row[-1]
        assert row[AT["password"]] == user["triple"]
        assert row[AT["email"]] == user["email"]
        assert extras["application_name"] == user["application"]
        assert bool(extras["is_anonymous"]) is user["is_anonymous"]
        assert bool(extras["has_membership_row"]) is (user["triple"] is not None)
        assert extras["password_question"] == user["password_question"]
        assert extras["comment"] == user["comment"]
        assert extras["profile"] == user["profile"]
        if user["triple"] is not None:
            assert bool(extras["is_approved"]) is user["is_approved"]
            assert bool(extras["is_locked_out"]) is user["locked_out"]


def test_simple_membership_rows_hold_confirmation_and_logins():
    manifest = manifest_of("simple_membership")
    with fixture_source("simple_membership") as spec, open_source(spec) as source:
        users, children = read_all(source)
    by_id = {row[0]: row for row in users}
    logins = {(row[3], row[0], row[1]) for _, row in children["user_logins"]}
    for user in manifest["users"]:
        row = by_id[user["id"]]
        assert row[AT["password"]] == user["password_hash"]
        if row[-1]["has_membership_row"]:
            assert bool(row[-1]["is_confirmed"]) is user["is_confirmed"]
            assert row[AT["access_failed_count"]] == user["failures"]
        for login in user["logins"]:
            assert (user["id"], login["provider"], login["key"]) in logins


def test_dates_of_this_suite_are_text_everywhere():
    """A datetime cannot hold what the manifests hold; no source may give one."""
    with fixture_source("sqlite_v1_string") as spec, open_source(spec) as source:
        users, _ = read_all(source)
    assert not any(isinstance(value, dt.datetime) for row in users for value in row)
