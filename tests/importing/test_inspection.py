"""What an inspection finds in the fixture databases."""

from __future__ import annotations

import gc
import io
import json
import sqlite3
import tracemalloc
from collections import Counter

import pytest

from identity_bridge.importing.inspection import inspect, is_privileged
from identity_bridge.importing.inspection_text import write_text
from identity_bridge.importing.sources import open_source
from tests.databases import fixture_source
from tests.fixtures_data import load_json


def look(name, *, batch_size=11):
    with fixture_source(name) as spec, open_source(spec) as source:
        return inspect(source, batch_size=batch_size)


KEYS = {
    "anomalies",
    "case_insensitive_keys",
    "claim_types",
    "custom_columns",
    "dialect",
    "estimated_seconds",
    "generation",
    "key_type",
    "login_providers",
    "password_hashes",
    "privileged_accounts",
    "privileged_roles",
    "role_claim_types",
    "second_factors",
    "source",
    "spelling",
    "tables",
    "token_kinds",
    "warnings",
}


@pytest.mark.contract
@pytest.mark.parametrize(
    "name", ["pg_v3_string", "sqlite_v3_guid", "mysql_v1_string", "mssql_v1_int", "identity2"]
)
def test_counts_are_those_of_the_manifest(name):
    manifest = load_json(f"databases/{name}/manifest.json")
    users = manifest["users"]
    found = look(name).as_dict()
    assert found.keys() == KEYS
    json.dumps(found)
    kinds = Counter(user["hash_kind"] or "(none)" for user in users)
    assert found["password_hashes"] == kinds
    assert found["claim_types"] == Counter(
        "(null)" if claim["type"] is None else claim["type"][:200]
        for user in users
        for claim in user["claims"]
    )
    assert found["login_providers"] == Counter(
        login["provider"] for user in users for login in user["logins"]
    )
    factors = found["second_factors"]
    assert factors["two_factor_enabled"] == sum(user["two_factor_enabled"] for user in users)
    if name != "identity2":
        assert factors["authenticator_key"] == sum(bool(user["totp_key"]) for user in users)
        assert factors["recovery_codes"] == sum(
            user["recovery_codes"] is not None for user in users
        )
    assert {role["name"]: role["members"] for role in manifest["roles"]}["Administrators"] == found[
        "privileged_roles"
    ]["Administrators"]


@pytest.mark.contract
@pytest.mark.parametrize("batch_size", [1, 10, 1000])
@pytest.mark.parametrize("name", ["pg_dirty", "sqlite_dirty"])
def test_spoiled_rows_are_found_whatever_the_batch(name, batch_size):
    found = look(name, batch_size=batch_size).anomalies
    counts = {code: finding.count for code, finding in found.items()}
    expected = {
        "orphan_user_role": 3,
        "orphan_user_claim": 2,
        "orphan_user_login": 1,
        "orphan_user_token": 1,
        "orphan_role_claim": 1,
        "role_without_name": 2,
        "duplicate_normalized_role_name": 2,
        "duplicate_normalized_user_name": 2,
        "empty_user_name": 2,
        "empty_id": 1,
        "recovery_codes_malformed": 1,
    }
    if name == "pg_dirty":
        expected["orphan_user_passkey"] = 1
    else:
        expected |= {
            "lockout_end_unreadable": 1,
            "lockout_end_without_offset": 1,
            "lockout_end_iso_format": 1,
            "lockout_end_other_offset": 1,
            "boolean_as_text": 1,
            "integer_as_text": 1,
        }
    assert expected.items() <= counts.items()
    assert "dirty-twin-2" in found["totp_key_invalid"].keys
    assert {"dirty-lower-norm", "dirty-stale-norm"} <= set(found["normalized_mismatch"].keys)
    assert "privileged_user_claim" in counts


@pytest.mark.contract
def test_membership_passwords_are_described_as_membership_passwords():
    found = look("membership_sha1")
    assert all(kind.startswith(("membership", "(none)")) for kind in found.password_hashes)
    assert found.password_hashes["(none)"] == 2


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Administrators", True),
        ("admin", True),
        ("Super-User", True),
        ("SysAdmin", True),
        ("Global Administrator", True),
        ("root", True),
        ("Users", False),
        ("user", False),
        ("Administration", False),
        ("Editors", False),
        ("", False),
        (None, False),
    ],
)
def test_roles_that_promise_power_are_known_by_their_names(role, expected):
    assert is_privileged(role) is expected


@pytest.mark.contract
def test_the_text_is_plain_where_there_is_no_terminal():
    stream = io.StringIO()
    write_text(look("sqlite_custom_user"), stream)
    text = stream.getvalue()
    assert "\x1b" not in text
    for expected in ("core_v1", "AspNetUsers", "v3_sha512_1000", "given_name", "Balance", "Google"):
        assert expected in text
    assert "[dim]" not in text


def build_users(path, count):
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE AspNetUsers (Id TEXT PRIMARY KEY, UserName TEXT, NormalizedUserName TEXT, "
        "PasswordHash TEXT, SecurityStamp TEXT)"
    )
    connection.execute(
        "CREATE TABLE AspNetUserClaims (Id INTEGER, UserId TEXT, ClaimType TEXT, ClaimValue TEXT)"
    )
    rows = [(f"u{number:06}", f"x{number}" * 20) for number in range(count)]
    connection.executemany("INSERT INTO AspNetUsers (Id, PasswordHash) VALUES (?, ?)", rows)
    connection.executemany(
        "INSERT INTO AspNetUserClaims (UserId, ClaimType) VALUES (?, ?)",
        [(key, f"type \x1b[31m {key}") for key, _ in rows],
    )
    connection.commit()
    connection.close()
    return str(path)


def test_memory_and_the_report_stay_small_whatever_the_source_holds(tmp_path):
    peaks = []
    # The first one fills caches that stay; it is not compared.
    for number, count in enumerate((3_000, 3_000, 12_000)):
        gc.collect()
        spec = build_users(tmp_path / f"{number}.db", count)
        with open_source(spec) as source:
            tracemalloc.start()
            found = inspect(source, batch_size=500)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[2] < peaks[1] * 1.5
    assert len(found.claim_types) <= 501
    assert sum(found.claim_types.values()) == 12_000
    assert all(len(finding.keys) <= 20 for finding in found.anomalies.values())
    stream = io.StringIO()
    write_text(found, stream)
    # A claim type from the source must not steer the operator's terminal.
    assert "\x1b" not in stream.getvalue()
