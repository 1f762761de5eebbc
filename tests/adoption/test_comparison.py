"""The comparison is pure: tables in, findings with their SQL out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from identity_bridge.adoption.comparison import compare
from identity_bridge.adoption.findings import Finding, Kind, Severity, worst
from identity_bridge.adoption.schema import (
    Column,
    ForeignKey,
    Index,
    Schema,
    Table,
    column_type,
)
from identity_bridge.adoption.statements import Dialect

KEY = ForeignKey(
    name="FK_AspNetUserClaims_AspNetUsers_UserId",
    column="UserId",
    target_table="AspNetUsers",
    target_column="Id",
    on_delete="CASCADE",
)
NAME = Column(
    name="UserName", type="character varying(256)", nullable=True, definition="varchar(256)"
)
COUNT = Column(name="AccessFailedCount", type="integer", nullable=False)
ACTIVE = Column(
    name="IsActive",
    type="boolean",
    nullable=False,
    default="true",
    definition="boolean DEFAULT true NOT NULL",
    django_only=True,
)
STAFF = replace(ACTIVE, name="IsStaff", default="false")
USER_NAME_INDEX = Index(name="UserNameIndex", columns=("UserName",), unique=True)
EMAIL_INDEX = Index(name="EmailIndex", columns=("AccessFailedCount",))
EXPECTED = Table(
    name="AspNetUsers",
    columns=(NAME, COUNT, ACTIVE, STAFF),
    primary_key=("UserName",),
    indexes=(USER_NAME_INDEX, EMAIL_INDEX),
    foreign_keys=(KEY,),
    create=("CREATE TABLE …",),
)
FOUND = replace(EXPECTED, columns=(NAME, COUNT), primary_key_name="PK_AspNetUsers")


def found_differences(
    found: Table | None,
    *,
    expected: Table = EXPECTED,
    adopted: bool = False,
    vendor: str = "postgresql",
    django_tables: tuple[Table, ...] = (),
) -> list[Finding]:
    tables = () if found is None else (found,)
    return [
        finding
        for finding in compare(
            Schema(vendor=vendor, tables=(expected,)),
            Schema(vendor=vendor, tables=tables, django_tables=django_tables),
            adopted=adopted,
            key_columns=frozenset(),
        )
        if adopted or finding.name not in {"IsActive", "IsStaff"}
    ]


def only(found: Table | None, **options: object) -> Finding:
    (finding,) = found_differences(found, **options)  # type: ignore[arg-type]
    return finding


def with_column(column: Column) -> Table:
    kept = tuple(other for other in FOUND.columns if other.name != column.name)
    return replace(FOUND, columns=(*kept, column))


def test_equal_tables_do_not_differ() -> None:
    assert found_differences(FOUND) == []
    assert found_differences(EXPECTED, adopted=True) == []


def test_what_migrate_adds_is_for_information_before_and_an_error_after() -> None:
    before = compare(
        Schema(vendor="postgresql", tables=(EXPECTED,)),
        Schema(vendor="postgresql", tables=(FOUND,)),
        adopted=False,
        key_columns=frozenset(),
    )
    assert {(finding.kind, finding.severity) for finding in before} == {
        (Kind.MISSING_COLUMN, Severity.INFORMATION)
    }
    after = found_differences(FOUND, adopted=True)
    assert [finding.severity for finding in after] == [Severity.ERROR] * 2
    assert after[0].statements == (
        'ALTER TABLE "AspNetUsers" ADD COLUMN "IsActive" boolean DEFAULT true NOT NULL;',
    )


def test_a_column_of_net_that_django_would_obey_is_pointed_out() -> None:
    findings = compare(
        Schema(vendor="postgresql", tables=(EXPECTED,)),
        Schema(vendor="postgresql", tables=(EXPECTED,)),
        adopted=False,
        key_columns=frozenset(),
    )
    assert {finding.name: finding.severity for finding in findings} == {
        "IsActive": Severity.INFORMATION,
        "IsStaff": Severity.WARNING,
    }


def test_a_missing_table_comes_with_its_create() -> None:
    finding = only(None)
    assert (finding.kind, finding.statements) == (Kind.MISSING_TABLE, ("CREATE TABLE …",))
    passkeys = replace(EXPECTED, created_by_migrate=True)
    assert only(None, expected=passkeys).severity is Severity.INFORMATION
    assert only(None, expected=passkeys, adopted=True).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("column", "kind", "statement"),
    [
        (
            replace(COUNT, type="text"),
            Kind.WRONG_TYPE,
            'ALTER TABLE "AspNetUsers" ALTER COLUMN "AccessFailedCount" TYPE integer '
            'USING "AccessFailedCount"::integer;',
        ),
        (
            replace(COUNT, nullable=True),
            Kind.NULLABLE,
            'ALTER TABLE "AspNetUsers" ALTER COLUMN "AccessFailedCount" SET NOT NULL;',
        ),
        (
            replace(NAME, nullable=False),
            Kind.NOT_NULLABLE,
            'ALTER TABLE "AspNetUsers" ALTER COLUMN "UserName" DROP NOT NULL;',
        ),
        (
            Column(name="Tenant", type="integer", nullable=False),
            Kind.UNDECLARED_REQUIRED_COLUMN,
            'ALTER TABLE "AspNetUsers" ALTER COLUMN "Tenant" SET DEFAULT 0;',
        ),
    ],
)
def test_a_column_that_differs_comes_with_its_alter(
    column: Column, kind: Kind, statement: str
) -> None:
    finding = only(with_column(column))
    assert (finding.kind, finding.statements) == (kind, (statement,))
    assert finding.severity is not Severity.INFORMATION


@pytest.mark.parametrize(
    "column",
    [
        replace(COUNT, type="bigint"),
        replace(NAME, type="text"),
        replace(NAME, type="character varying(500)"),
    ],
)
def test_a_wider_column_is_as_good(column: Column) -> None:
    assert found_differences(with_column(column)) == []


@pytest.mark.parametrize(
    "column",
    [
        Column(name="Tenant", type="integer", nullable=True),
        Column(name="Tenant", type="integer", nullable=False, default="1"),
        Column(name="Tenant", type="integer", nullable=False, generated=True),
    ],
)
def test_an_undeclared_column_that_fills_itself_stays(column: Column) -> None:
    finding = only(with_column(column))
    assert (finding.kind, finding.severity) == (Kind.UNDECLARED_COLUMN, Severity.INFORMATION)


def test_shorter_text_is_for_information() -> None:
    finding = only(with_column(replace(NAME, type="character varying(64)")))
    assert (finding.kind, finding.severity) == (Kind.SHORTER_TEXT, Severity.INFORMATION)


def test_the_type_of_keys_is_judged_elsewhere() -> None:
    found = with_column(replace(COUNT, type="uuid"))
    assert not [
        finding
        for finding in compare(
            Schema(vendor="postgresql", tables=(EXPECTED,)),
            Schema(vendor="postgresql", tables=(found,)),
            adopted=False,
            key_columns=frozenset({("AspNetUsers", "AccessFailedCount")}),
        )
        if finding.kind is Kind.WRONG_TYPE
    ]


def test_indexes_are_compared_by_columns_and_uniqueness() -> None:
    renamed = replace(FOUND, indexes=(replace(USER_NAME_INDEX, name="x"), EMAIL_INDEX))
    assert found_differences(renamed) == []
    missing = only(replace(FOUND, indexes=(EMAIL_INDEX,)))
    assert missing.kind is Kind.MISSING_INDEX
    assert missing.statements == (
        'CREATE UNIQUE INDEX "UserNameIndex" ON "AspNetUsers" ("UserName");',
    )
    loose = only(replace(FOUND, indexes=(replace(USER_NAME_INDEX, unique=False), EMAIL_INDEX)))
    assert loose.kind is Kind.NOT_UNIQUE
    assert loose.statements[0] == 'DROP INDEX "UserNameIndex";'
    strict = only(replace(FOUND, indexes=(USER_NAME_INDEX, replace(EMAIL_INDEX, unique=True))))
    assert (strict.kind, strict.severity) == (Kind.STRICTER_INDEX, Severity.INFORMATION)
    prefix = Index(name="y", columns=("AccessFailedCount", "UserName"))
    assert found_differences(replace(FOUND, indexes=(USER_NAME_INDEX, prefix))) == []


def test_foreign_keys_are_compared_with_what_happens_at_a_delete() -> None:
    missing = only(replace(FOUND, foreign_keys=()))
    assert missing.kind is Kind.MISSING_FOREIGN_KEY
    assert "ON DELETE CASCADE" in missing.statements[0]
    restricted = replace(KEY, name="FK_own", on_delete="RESTRICT")
    wrong = only(replace(FOUND, foreign_keys=(restricted,)))
    assert wrong.kind is Kind.WRONG_ON_DELETE
    assert wrong.statements == (
        'ALTER TABLE "AspNetUsers" DROP CONSTRAINT "FK_own";',
        'ALTER TABLE "AspNetUsers" ADD CONSTRAINT "FK_own" FOREIGN KEY ("UserId") REFERENCES '
        '"AspNetUsers" ("Id") ON DELETE CASCADE;',
    )


def test_a_reference_of_django_that_blocks_a_delete_is_mentioned() -> None:
    log = Table(name="log", foreign_keys=(replace(KEY, column="user_id", on_delete="NO ACTION"),))
    finding = only(FOUND, django_tables=(log,))
    assert (finding.kind, finding.severity) == (Kind.BLOCKING_REFERENCE, Severity.INFORMATION)
    harmless = Table(name="log", foreign_keys=(KEY, replace(KEY, on_delete="SET NULL")))
    assert found_differences(FOUND, django_tables=(harmless,)) == []


def test_another_primary_key_is_an_error() -> None:
    finding = only(replace(FOUND, primary_key=("UserName", "AccessFailedCount")))
    assert (finding.kind, finding.severity) == (Kind.WRONG_PRIMARY_KEY, Severity.ERROR)
    assert finding.statements[0].endswith('DROP CONSTRAINT "PK_AspNetUsers";')
    assert Dialect("mysql").set_primary_key(FOUND, ("Id",)) == (
        "ALTER TABLE `AspNetUsers` DROP PRIMARY KEY;",
        "ALTER TABLE `AspNetUsers` ADD PRIMARY KEY (`Id`);",
    )


def test_the_worst_finding_decides() -> None:
    assert worst(()) is Severity.INFORMATION
    assert worst(tuple(found_differences(FOUND, adopted=True))) is Severity.ERROR


@pytest.mark.parametrize(
    ("vendor", "text", "family", "length"),
    [
        ("postgresql", "character varying(256)", "text", 256),
        ("postgresql", "text", "text", None),
        ("postgresql", "timestamp with time zone", "timestamptz", None),
        ("postgresql", "timestamp(6) without time zone", "datetime", None),
        ("postgresql", "uuid", "uuid", None),
        ("postgresql", "point", "point", None),
        ("mysql", "varchar(255)", "text", 255),
        ("mysql", "tinyint(1)", "boolean", None),
        ("mysql", "bit(1)", "boolean", None),
        ("mysql", "int(11) unsigned", "integer", None),
        ("mysql", "integer AUTO_INCREMENT", "integer", None),
        ("mysql", "char(36)", "uuid", None),
        ("mysql", "varbinary(1024)", "binary", None),
        ("sqlite", "TEXT", "text", None),
        ("sqlite", "BIGINT", "integer", None),
        ("sqlite", "nvarchar(10)", "text", None),
        ("sqlite", "", "binary", None),
        ("sqlite", "double", "real", None),
        ("sqlite", "datetime", "numeric", None),
    ],
)
def test_types_are_known_by_their_families(
    vendor: str, text: str, family: str, length: int | None
) -> None:
    found = column_type(text, vendor)
    assert (found.family, found.length) == (family, length)
