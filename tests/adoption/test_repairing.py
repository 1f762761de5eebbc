"""Spoil a database, run what the check proposes, and nothing is left to repair."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from identity_bridge.adoption.reading import SUPPORTED_VENDORS
from tests.adoption.copies import Copy

pytestmark = pytest.mark.slow

FIXTURES = {
    "sqlite": "sqlite_v1_string",
    "postgresql": "pg_v1_string",
    "mariadb": "mysql_v1_string",
}
ANY = set(FIXTURES)
SERVERS = {"postgresql", "mariadb"}
CLAIMS = "FK_AspNetUserClaims_AspNetUsers_UserId"
RESTRICT = f'ADD CONSTRAINT "{CLAIMS}" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id")'

#: name: (databases, statements in ANSI spelling, the kinds that must be found)
SPOILS: dict[str, tuple[set[str], list[str], set[str]]] = {
    "lost index": (
        ANY,
        ['DROP INDEX "EmailIndex"'],
        {"missing_index"},
    ),
    "not unique": (
        ANY,
        [
            'DROP INDEX "UserNameIndex"',
            'CREATE INDEX "UserNameIndex" ON "AspNetUsers" ("NormalizedUserName")',
        ],
        {"not_unique"},
    ),
    "undeclared": (
        SERVERS,
        [
            'ALTER TABLE "AspNetUsers" ADD "Tenant" integer NOT NULL DEFAULT 1',
            'ALTER TABLE "AspNetUsers" ALTER COLUMN "Tenant" DROP DEFAULT',
        ],
        {"undeclared_required_column"},
    ),
    "lost column": (
        ANY,
        ['ALTER TABLE "AspNetUsers" DROP COLUMN "PhoneNumber"'],
        {"missing_column"},
    ),
    "lost table": (
        ANY,
        ['DROP TABLE "AspNetUserTokens"'],
        {"missing_table"},
    ),
    "lost foreign key": (
        {"postgresql"},
        [f'ALTER TABLE "AspNetUserClaims" DROP CONSTRAINT "{CLAIMS}"'],
        {"missing_foreign_key"},
    ),
    "restricted": (
        {"postgresql"},
        [
            f'ALTER TABLE "AspNetUserClaims" DROP CONSTRAINT "{CLAIMS}"',
            f'ALTER TABLE "AspNetUserClaims" {RESTRICT} ON DELETE RESTRICT',
        ],
        {"wrong_on_delete"},
    ),
    "restricted on mariadb": (
        {"mariadb"},
        [
            f'ALTER TABLE "AspNetUserClaims" DROP FOREIGN KEY "{CLAIMS}"',
            f'ALTER TABLE "AspNetUserClaims" {RESTRICT}',
        ],
        {"wrong_on_delete"},
    ),
    "required": (
        {"postgresql"},
        ['ALTER TABLE "AspNetRoleClaims" ALTER COLUMN "ClaimType" SET NOT NULL'],
        {"not_nullable"},
    ),
    "optional": (
        {"postgresql"},
        ['ALTER TABLE "AspNetUsers" ALTER COLUMN "LockoutEnabled" DROP NOT NULL'],
        {"nullable"},
    ),
    "optional on mariadb": (
        {"mariadb"},
        ['ALTER TABLE "AspNetUsers" MODIFY "LockoutEnabled" tinyint(1) NULL'],
        {"nullable"},
    ),
    "wrong type": (
        {"postgresql"},
        ['ALTER TABLE "AspNetUsers" ALTER COLUMN "AccessFailedCount" TYPE text'],
        {"wrong_type"},
    ),
    "duplicates": (
        ANY,
        ['UPDATE "AspNetUsers" SET "UserName" = \'same\' WHERE "NormalizedUserName" LIKE \'A%\''],
        {"duplicate_user_name"},
    ),
}


def edited(old: str, new: str, table: str) -> list[str]:
    quoted = [text.replace("'", "''") for text in (old, new)]
    return [
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = replace(sql, '{quoted[0]}', '{quoted[1]}') "
        f"WHERE type = 'table' AND name = '{table}'",
        "PRAGMA writable_schema = RESET",
    ]


SPOILS |= {
    "sqlite restricted": (
        {"sqlite"},
        edited("ON DELETE CASCADE", "ON DELETE RESTRICT", "AspNetUserClaims"),
        {"wrong_on_delete"},
    ),
    "sqlite no action": (
        {"sqlite"},
        edited(" ON DELETE CASCADE", "", "AspNetUserLogins"),
        {"wrong_on_delete"},
    ),
    "sqlite lost foreign key": (
        {"sqlite"},
        edited(
            ',\n    CONSTRAINT "FK_AspNetUserClaims_AspNetUsers_UserId" FOREIGN KEY ("UserId") '
            'REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE',
            "",
            "AspNetUserClaims",
        ),
        {"missing_foreign_key"},
    ),
    "sqlite required": (
        {"sqlite"},
        edited('"ClaimValue" TEXT NULL', '"ClaimValue" TEXT NOT NULL', "AspNetRoleClaims"),
        {"not_nullable"},
    ),
    "sqlite optional": (
        {"sqlite"},
        edited('"LockoutEnabled" INTEGER NOT NULL', '"LockoutEnabled" INTEGER', "AspNetUsers"),
        {"nullable"},
    ),
    "sqlite undeclared": (
        {"sqlite"},
        [
            'ALTER TABLE "AspNetRoles" ADD "Rank" decimal(18, 2) NOT NULL DEFAULT 0',
            *edited("decimal(18, 2) NOT NULL DEFAULT 0", "decimal(18, 2) NOT NULL", "AspNetRoles"),
        ],
        {"undeclared_required_column"},
    ),
}
CASES = [
    pytest.param(kind, name, id=f"{kind}-{name.replace(' ', '_')}")
    for name, (kinds, _statements, _found) in SPOILS.items()
    for kind in sorted(kinds)
]


def ansi(copy: Copy, statements: list[str]) -> list[str]:
    if copy.kind != "mariadb":
        return statements
    spelled = [statement.replace('"', "`") for statement in statements]
    return [
        f"{text} ON `AspNetUsers`" if text.startswith("DROP INDEX") else text for text in spelled
    ]


def serious(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in report["findings"] if finding["severity"] != "information"]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_proposed_statements_repair_it(
    kind: str, name: str, copy_of: Callable[..., Copy]
) -> None:
    _kinds, statements, expected = SPOILS[name]
    copy = copy_of(FIXTURES[kind])
    copy.script(ansi(copy, statements))
    code, report = copy.check()
    assert code == 1
    assert {finding["kind"] for finding in serious(report)} == expected
    copy.script([text for finding in serious(report) for text in finding["statements"]])
    code, report = copy.check()
    assert (code, serious(report)) == (0, [])
    copy.adopt()


def test_a_dirty_database_is_repaired_by_what_is_proposed(copy_of: Callable[..., Copy]) -> None:
    copy = copy_of("sqlite_dirty")
    _code, report = copy.check()
    assert {"orphaned_rows", "not_unique", "duplicate_normalized_name", "unreadable_number"} <= {
        finding["kind"] for finding in serious(report)
    }
    users = copy.execute('SELECT COUNT(*) FROM "AspNetUsers"')
    connection = sqlite3.connect(copy.name, isolation_level=None)
    for finding in serious(report):
        for statement in finding["statements"]:
            connection.execute(statement)
    connection.close()
    code, report = copy.check()
    assert (code, serious(report)) == (0, [])
    copy.adopt()
    assert copy.execute('SELECT COUNT(*) FROM "AspNetUsers"') == users


@pytest.mark.parametrize(
    ("fixture", "given", "named"),
    [
        ("sqlite_v3_guid", "string", "guid"),
        ("sqlite_v1_int", "string", "int"),
        ("sqlite_v1_string", "guid", "string"),
        ("sqlite_v1_string", "int", "string"),
        ("pg_v3_guid", "string", "guid"),
        ("pg_v1_int", "bigint", "int"),
        ("mysql_v3_guid", "string", "guid"),
    ],
)
def test_another_key_type_is_named(
    fixture: str, given: str, named: str, copy_of: Callable[..., Copy]
) -> None:
    copy = copy_of(fixture, given)
    code, report = copy.check()
    assert code == 1
    (finding,) = serious(report)
    assert finding["kind"] == "wrong_key_type"
    assert f'"KEY_TYPE": "{named}"' in finding["advice"]
    done = copy.manage("migrate", "--fake-initial")
    assert done.returncode != 0
    assert "identity_bridge.E012" in done.stderr


def test_every_column_nobody_declared_survives(copy_of: Callable[..., Copy]) -> None:
    """Adopted without a model of its own: the columns stay, with all their values."""
    copy = copy_of("sqlite_custom_user")
    names = copy.columns("AspNetUsers")
    before = copy.rows("AspNetUsers", names)
    copy.adopt()
    assert copy.columns("AspNetUsers")[: len(names)] == names
    assert copy.rows("AspNetUsers", names) == before
    assert copy.manage("migrate", "identity_bridge", "0002").returncode == 0
    assert copy.rows("AspNetUsers", names) == before
    copy.adopt()
    assert copy.rows("AspNetUsers", names) == before


def test_the_text_report_says_it_to_people(copy_of: Callable[..., Copy]) -> None:
    copy = copy_of("sqlite_custom_user")
    done = copy.manage("adopt_aspnet_database", "--check")
    assert done.returncode == 1
    assert "error  undeclared_required_column  AspNetUsers.FirstName" in done.stdout
    assert "inspect_aspnet_identity --emit-model" in done.stdout
    assert "differs from the models: 7 errors" in done.stdout
    clean = copy_of("sqlite_v3_string").manage("adopt_aspnet_database", "--check")
    assert clean.returncode == 0
    assert "migrate --fake-initial" in clean.stdout


def test_the_steps_are_explained(copy_of: Callable[..., Copy]) -> None:
    done = copy_of("sqlite_v1_string").manage("adopt_aspnet_database")
    assert done.returncode == 0
    for word in ("--check", "--emit-model", "--fake-initial", "IsStaff", "PASSWORD_UPGRADE"):
        assert word in done.stdout


def test_what_cannot_be_compared_has_a_code_of_its_own(copy_of: Callable[..., Copy]) -> None:
    copy = copy_of("sqlite_v1_string")
    copy.script(['DROP TABLE "AspNetUsers"'])
    done = copy.manage("adopt_aspnet_database", "--check")
    assert done.returncode == 2
    assert "no table AspNetUsers" in done.stderr
    assert set(SUPPORTED_VENDORS) == {"sqlite", "postgresql", "mysql"}
