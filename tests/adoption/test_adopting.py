"""``migrate --fake-initial`` on databases that EF wrote: nothing is lost, both sides go on."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from identity_bridge.aspnet.password_hash import hash_password
from tests.adoption.conftest import Adoption

pytestmark = pytest.mark.slow

EF_COLUMNS = (
    "AccessFailedCount",
    "ConcurrencyStamp",
    "Email",
    "EmailConfirmed",
    "LockoutEnabled",
    "LockoutEnd",
    "NormalizedEmail",
    "NormalizedUserName",
    "PasswordHash",
    "PhoneNumber",
    "PhoneNumberConfirmed",
    "SecurityStamp",
    "TwoFactorEnabled",
    "UserName",
)
#: The NOT NULL columns of sqlite_custom_user's ApplicationUser, which EF names as well.
EF_CUSTOM = {
    "FirstName": "Ada",
    "IsActive": 1,
    "TenantId": 4,
    "Balance": "0.0",
    "CreatedAt": "2026-01-01 00:00:00+00:00",
    "Kind": "Personal",
    "Discriminator": "ApplicationUser",
}


def insert_as_ef(adoption: Adoption, user_name: str) -> tuple[Any, str]:
    """Run EF's INSERT of a user; return the key and the concurrency stamp."""
    copy = adoption.copy
    stamp = str(uuid.uuid4())
    flag = bool if copy.kind == "postgresql" else int
    values: dict[str, Any] = dict.fromkeys(EF_COLUMNS) | {
        "AccessFailedCount": 0,
        "ConcurrencyStamp": stamp,
        "EmailConfirmed": flag(1),
        "LockoutEnabled": flag(1),
        "NormalizedUserName": user_name.upper(),
        "PasswordHash": hash_password("Right-1!"),
        "PhoneNumberConfirmed": flag(0),
        "SecurityStamp": "STAMP",
        "TwoFactorEnabled": flag(0),
        "UserName": user_name,
    }
    if "custom" in copy.fixture:
        values |= EF_CUSTOM
    if copy.key_type in {"string", "guid"}:
        key = str(uuid.uuid4())
        values["Id"] = key.upper() if copy.key_type == "guid" else key
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    copy.execute(f'INSERT INTO "AspNetUsers" ({columns}) VALUES ({marks})', tuple(values.values()))
    ((key,),) = copy.execute('SELECT "Id" FROM "AspNetUsers" WHERE "UserName" = ?', (user_name,))
    return key, stamp


def raw_user(adoption: Adoption, user_name: str) -> dict[str, Any]:
    names = [*EF_COLUMNS, "Id"]
    listed = ", ".join(f'"{name}"' for name in names)
    if adoption.copy.kind == "postgresql":  # psycopg has no infinity
        listed = listed.replace('"LockoutEnd"', '"LockoutEnd"::text')
    rows = adoption.copy.execute(
        f'SELECT {listed} FROM "AspNetUsers" WHERE "UserName" = ?', (user_name,)
    )
    return dict(zip(names, rows[0], strict=True))


def test_nothing_has_to_be_repaired_before(adoption: Adoption) -> None:
    code, report = adoption.check_before
    serious = [finding for finding in report["findings"] if finding["severity"] != "information"]
    if "custom" in adoption.copy.fixture:
        # AspNetRoles has a NOT NULL column too, and roles have no class of the project's own.
        assert [finding["name"] for finding in serious] == ["CreatedOn"]
        assert code == 1
    else:
        assert (code, serious) == (0, [])
    assert report["adopted"] is False


def test_the_tables_of_identity_are_taken_as_they_are(adoption: Adoption) -> None:
    assert "identity_bridge.0001_initial... FAKED" in adoption.output
    passkeys = "FAKED" if "_v3_" in adoption.copy.fixture else "OK"
    assert f"identity_bridge.0002_passkeys... {passkeys}" in adoption.output
    assert "identity_bridge.0003_django... OK" in adoption.output


def test_no_row_and_no_column_changes(adoption: Adoption) -> None:
    totals = adoption.copy.manifest()["totals"]
    assert {table: len(rows) for table, rows in adoption.before.items()} == totals
    assert adoption.after == adoption.before


def test_nothing_is_left_to_do_after(adoption: Adoption) -> None:
    _code, report = adoption.check_after
    assert report["adopted"] is True
    serious = {
        finding["kind"]
        for finding in report["findings"]
        if finding["severity"] != "information" and finding["name"] != "CreatedOn"
    }
    assert serious == set()
    kinds = {finding["kind"] for finding in report["findings"]}
    assert "missing_column" not in kinds


def test_the_models_need_no_further_migration(adoption: Adoption) -> None:
    done = adoption.copy.manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_people_sign_in_with_their_old_passwords(adoption: Adoption) -> None:
    known = [
        user
        for user in adoption.copy.manifest()["users"]
        if user["password"]
        and user["hash_kind"].startswith(("v2", "v3"))
        # Cheap ones; huge iteration counts have tests of their own.
        and user["expected_verify"] in {"success", "success_rehash_needed", "failed"}
    ]
    right = [user for user in known if user["expected_verify"] != "failed"][:5]
    wrong = [user for user in known if user["expected_verify"] == "failed"][:2]
    credentials = [(user["id"], user["password"]) for user in right + wrong]
    assert right
    answers = adoption.copy.ask("sign_in", json.dumps(credentials))
    assert answers == [True] * len(right) + [False] * len(wrong)


def test_a_user_that_net_inserts_works_in_django(adoption: Adoption) -> None:
    key, _stamp = insert_as_ef(adoption, "net.insert")
    assert adoption.copy.ask("reads", "Net.Insert") == {
        "id": str(key).lower(),
        "is_active": True,
        "is_staff": False,
        "is_superuser": False,
        "locked": False,
        "password": True,
        "roles": [],
    }


def test_net_updates_what_django_wrote_and_the_other_way_round(adoption: Adoption) -> None:
    key, stamp = insert_as_ef(adoption, "net.update")
    locked_until = datetime.fromisoformat(adoption.copy.ask("lock_for_an_hour", "net.update"))
    raw = raw_user(adoption, "net.update")
    assert raw["ConcurrencyStamp"] not in {stamp, None}  # EF would overwrite us otherwise
    if adoption.copy.kind == "sqlite":
        # EF: yyyy-MM-dd HH:mm:ss.FFFFFFFzzz
        assert raw["LockoutEnd"] == f"{locked_until:%Y-%m-%d %H:%M:%S}.12+00:00"
    elif adoption.copy.kind == "postgresql":
        assert datetime.fromisoformat(raw["LockoutEnd"]) == locked_until
    else:
        assert raw["LockoutEnd"].replace(tzinfo=UTC) == locked_until
    changed = adoption.copy.execute
    changed(
        'UPDATE "AspNetUsers" SET "LockoutEnd" = NULL, "ConcurrencyStamp" = ? '
        'WHERE "Id" = ? AND "ConcurrencyStamp" = ?',
        (str(uuid.uuid4()), key, raw["ConcurrencyStamp"]),
    )
    assert adoption.copy.ask("reads", "net.update")["locked"] is False


def test_what_django_writes_is_what_ef_would_write(adoption: Adoption) -> None:
    if "custom" in adoption.copy.fixture:
        # Roles have a required column here; see test_nothing_has_to_be_repaired_before.
        _code, report = adoption.check_before
        adoption.copy.script(report["findings"][0]["statements"])
    key = adoption.copy.ask("write", "From.Django")
    raw = raw_user(adoption, "From.Django")
    kind, key_type = adoption.copy.kind, adoption.copy.key_type
    if (kind, key_type) == ("sqlite", "guid"):
        assert raw["Id"] == key.upper()
    else:
        assert str(raw["Id"]) == key
    assert raw["NormalizedUserName"] == "FROM.DJANGO"
    assert raw["NormalizedEmail"] == "NEW.ONE@EXAMPLE.COM"
    assert raw["PasswordHash"].startswith("AQAAAA")
    assert raw["SecurityStamp"]
    assert raw["ConcurrencyStamp"]
    assert (raw["TwoFactorEnabled"], raw["EmailConfirmed"]) == (1, 0)
    if kind == "sqlite":
        assert raw["LockoutEnd"] == "9999-12-31 23:59:59.9999999+00:00"
    elif kind == "mariadb":
        assert raw["LockoutEnd"] == datetime(9999, 12, 31, 23, 59, 59, 999999)
    else:
        assert raw["LockoutEnd"] == "infinity"
    for table in ("AspNetUserRoles", "AspNetUserClaims", "AspNetUserLogins", "AspNetUserTokens"):
        found = adoption.copy.execute(
            f'SELECT COUNT(*) FROM "{table}" WHERE "UserId" = ?', (raw["Id"],)
        )
        assert found == [(1,)], table
    # EF's DELETE leaves everything else to the database, Django's tables included.
    adoption.copy.execute(
        'DELETE FROM "AspNetUsers" WHERE "Id" = ? AND "ConcurrencyStamp" = ?',
        (raw["Id"], raw["ConcurrencyStamp"]),
    )
    adoption.copy.execute('DELETE FROM "AspNetRoles" WHERE "Name" = ?', ("From Django",))
    for table in ("AspNetUserRoles", "AspNetUserClaims", "AspNetUserLogins", "AspNetUserTokens"):
        assert adoption.copy.execute(
            f'SELECT COUNT(*) FROM "{table}" WHERE "UserId" = ?', (raw["Id"],)
        ) == [(0,)]
    assert adoption.copy.execute('SELECT COUNT(*) FROM "identity_bridge_user_groups"') == [(0,)]


def test_passkeys_are_rewritten_as_ef_wrote_them(adoption: Adoption) -> None:
    if "_v3_" not in adoption.copy.fixture:
        assert adoption.copy.ask("passkeys") == []
        return
    text = '"Data"::text' if adoption.copy.kind == "postgresql" else '"Data"'
    query = f'SELECT "CredentialId", {text} FROM "AspNetUserPasskeys" ORDER BY 1'
    before = adoption.copy.execute(query)
    assert adoption.copy.ask("rewrite_passkeys") == len(before) > 0
    after = adoption.copy.execute(query)
    if adoption.copy.kind == "mariadb":
        # Its fixture was written by hand: compared as JSON, not as text.
        assert [json.loads(text) for _key, text in after] == [
            json.loads(text) for _, text in before
        ]
    else:
        assert after == before
