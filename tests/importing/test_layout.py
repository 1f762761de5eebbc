"""Recognition of generations, spellings and keys, without a database."""

from __future__ import annotations

import subprocess
import sys

import pytest

from identity_bridge.importing.layout import (
    ColumnInfo,
    Generation,
    TableInfo,
    recognise,
)
from identity_bridge.importing.sources import shapes
from identity_bridge.importing.sources.errors import (
    SourceAmbiguous,
    SourceNotUnderstood,
    SourceTablesMissing,
)
from identity_bridge.importing.sources.spelling import CONVENTIONS, snake_case

CORE_USERS = (
    "Id UserName NormalizedUserName Email NormalizedEmail EmailConfirmed PasswordHash "
    "SecurityStamp ConcurrencyStamp PhoneNumber PhoneNumberConfirmed TwoFactorEnabled LockoutEnd "
    "LockoutEnabled AccessFailedCount"
)
CORE = {
    "AspNetUsers": CORE_USERS,
    "AspNetRoles": "Id Name NormalizedName ConcurrencyStamp",
    "AspNetUserRoles": "UserId RoleId",
    "AspNetUserClaims": "Id UserId ClaimType ClaimValue",
    "AspNetRoleClaims": "Id RoleId ClaimType ClaimValue",
    "AspNetUserLogins": "LoginProvider ProviderKey ProviderDisplayName UserId",
    "AspNetUserTokens": "UserId LoginProvider Name Value",
}


def table(name, columns, *, schema=None, types=None):
    types = types or {}
    return TableInfo(
        schema,
        name,
        tuple(ColumnInfo(column, types.get(column, "text")) for column in columns.split()),
    )


def core(*, schema=None, rewrite=None, skip=(), types=None):
    rewrite = rewrite or (lambda name: name)
    return [
        table(name, " ".join(map(rewrite, columns.split())), schema=schema, types=types)
        for name, columns in CORE.items()
        if name not in skip
    ]


def test_the_layout_imports_neither_sqlalchemy_nor_django():
    code = (
        "import sys, identity_bridge.importing.layout, identity_bridge.importing.sources\n"
        "print({'sqlalchemy', 'django'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Id", "id"),
        ("NormalizedUserName", "normalized_user_name"),
        ("TwoFactorEnabled", "two_factor_enabled"),
        ("LockoutEndDateUtc", "lockout_end_date_utc"),
        ("MobilePIN", "mobile_pin"),
        ("HTMLPage", "html_page"),
        ("Address2Line", "address2line"),
        ("already_snake", "already_snake"),
        ("Already_Snake", "already_snake"),
    ],
)
def test_snake_case_follows_the_naming_conventions_package(name, expected):
    assert snake_case(name) == expected


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_naming_convention_is_recognised(convention):
    layout = recognise(core(rewrite=CONVENTIONS[convention]), "postgresql")
    assert layout.generation is Generation.CORE_V1
    assert set(layout.tables) == set(shapes.IDENTITY_TABLES) - {"user_passkeys"}
    users = layout.tables["users"]
    assert users.columns["normalized_username"] == CONVENTIONS[convention]("NormalizedUserName")
    assert users.custom_columns == ()
    assert convention in layout.spelling


def test_an_exact_column_wins_over_a_custom_one_in_another_spelling():
    users = table("AspNetUsers", f"{CORE_USERS} username")
    layout = recognise([users], "postgresql")
    assert layout.tables["users"].columns["username"] == "UserName"
    assert [column.name for column in layout.tables["users"].custom_columns] == ["username"]


def test_a_length_of_the_phone_number_tells_schema_2_from_schema_1():
    types = {"PhoneNumber": "character varying(256)"}
    assert recognise(core(types=types), "postgresql").generation is Generation.CORE_V2


def test_short_login_keys_alone_are_no_sign_of_schema_2():
    types = {"LoginProvider": "varchar(128)", "ProviderKey": "varchar(128)"}
    assert recognise(core(types=types), "postgresql").generation is Generation.CORE_V1


def test_passkeys_are_the_sign_of_schema_3():
    tables = [*core(), table("AspNetUserPasskeys", "CredentialId UserId Data")]
    assert recognise(tables, "postgresql").generation is Generation.CORE_V3


def test_identity_2_and_half_migrated_databases_are_told_apart():
    columns = "Id UserName PasswordHash SecurityStamp LockoutEndDateUtc LockoutEnabled"
    old = recognise([table("AspNetUsers", columns)], "mssql")
    assert old.generation is Generation.IDENTITY_2
    half = recognise([table("AspNetUsers", f"{columns} NormalizedUserName LockoutEnd")], "mssql")
    assert half.generation is Generation.IDENTITY_2_HYBRID


def test_identity_1_is_read_with_a_warning():
    columns = "Id UserName PasswordHash SecurityStamp Discriminator"
    claims = table("AspNetUserClaims", "Id ClaimType ClaimValue User_Id")
    layout = recognise([table("AspNetUsers", columns), claims], "mssql")
    assert layout.generation is Generation.IDENTITY_2
    assert layout.tables["user_claims"].columns["user_id"] == "User_Id"
    assert any("1.0" in warning for warning in layout.warnings)


def test_abp_and_aspnetboilerplate_are_recognised_with_their_own_column_names():
    vnext = table(
        "AbpUsers", f"{CORE_USERS} TenantId Name Surname IsActive IsDeleted ExtraProperties"
    )
    assert recognise([vnext], "mssql").generation is Generation.ABP
    boilerplate = table(
        "AbpUsers",
        "Id TenantId UserName NormalizedUserName EmailAddress NormalizedEmailAddress Password "
        "IsEmailConfirmed LockoutEndDateUtc AccessFailedCount IsLockoutEnabled PhoneNumber "
        "IsPhoneNumberConfirmed SecurityStamp ConcurrencyStamp IsTwoFactorEnabled IsActive "
        "AuthenticationSource IsDeleted",
        types={"Id": "bigint"},
    )
    layout = recognise([boilerplate], "mssql")
    assert (layout.generation, layout.key_type) == (Generation.ABP, "bigint")
    columns = layout.tables["users"].columns
    assert columns["password"] == "Password"
    assert columns["email"] == "EmailAddress"
    assert columns["two_factor_enabled"] == "IsTwoFactorEnabled"


def test_tables_may_lie_in_different_schemas_under_any_name():
    tables = [
        table("people", CORE_USERS, schema="hr"),
        table("user_claims", CORE["AspNetUserClaims"], schema="claims"),
        table("UserTokens", CORE["AspNetUserTokens"], schema="dbo"),
    ]
    layout = recognise(tables, "postgresql")
    assert layout.tables["users"].table.qualified_name == "hr.people"
    assert layout.tables["user_claims"].table.qualified_name == "claims.user_claims"
    assert "hr.people" in layout.spelling


def test_the_makers_name_wins_over_other_tables_with_the_same_columns():
    tables = [*core(), table("AspNetUsers_backup_2019", CORE_USERS), table("users", CORE_USERS)]
    assert recognise(tables, "postgresql").tables["users"].table.name == "AspNetUsers"


def test_two_candidates_are_an_error_that_lists_both_and_says_how_to_choose():
    tables = [table("people", CORE_USERS), table("members", CORE_USERS)]
    with pytest.raises(SourceAmbiguous, match=r"members, people.*--table users=") as caught:
        recognise(tables, "postgresql")
    assert caught.value.code == "source_ambiguous"
    chosen = recognise(tables, "postgresql", chosen={"users": "members"})
    assert chosen.tables["users"].table.name == "members"


def test_side_tables_beside_the_users_win_over_those_of_another_installation():
    tables = core(schema="dbo") + core(schema="old", skip=["AspNetUsers"])
    layout = recognise(tables, "mssql")
    assert {mapping.table.schema for mapping in layout.tables.values()} == {"dbo"}


def test_a_table_named_by_hand_that_does_not_fit_is_refused():
    with pytest.raises(SourceNotUnderstood, match="nowhere"):
        recognise(core(), "mssql", chosen={"users": "nowhere"})


def test_a_table_of_roles_is_not_taken_by_its_two_common_columns():
    tables = [table("AspNetUsers", CORE_USERS), table("Countries", "Id Name")]
    layout = recognise(tables, "mssql")
    assert "roles" not in layout.tables
    assert any("roles" in warning for warning in layout.warnings)


def test_missing_tables_are_an_error_that_lists_what_there_is():
    with pytest.raises(SourceTablesMissing, match="Orders") as caught:
        recognise([table("Orders", "Id Total")], "mssql")
    assert caught.value.code == "source_tables_missing"


def test_an_aspnetusers_table_without_its_columns_says_which_are_missing():
    with pytest.raises(SourceNotUnderstood, match="PasswordHash, SecurityStamp"):
        recognise([table("AspNetUsers", "Id UserName Email")], "mssql")


@pytest.mark.parametrize(
    ("type_name", "dialect", "expected"),
    [
        ("uniqueidentifier", "mssql", "guid"),
        ("UUID", "postgresql", "guid"),
        ("char(36)", "mysql", "guid"),
        ("char(36)", "postgresql", "string"),
        ("int", "mssql", "int"),
        ("INTEGER", "sqlite", "int"),
        ("BIGINT", "postgresql", "bigint"),
        ("nvarchar(450)", "mssql", "string"),
        ("varchar(255)", "mysql", "string"),
    ],
)
def test_the_key_type_comes_from_the_declared_type(type_name, dialect, expected):
    layout = recognise(core(types={"Id": type_name}), dialect)
    assert layout.key_type == expected


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (["D6A7657D-4CB6-43EB-B3E0-AFCD1443A4CC"], "guid"),
        (["d6a7657d-4cb6-43eb-b3e0-afcd1443a4cc"], "string"),
        (["D6A7657D-4CB6-43EB-B3E0-AFCD1443A4CC", "admin"], "string"),
        (["D6A7657D-4CB6-43EB-B3E0-AFCD1443A4CC", 7], "string"),
        ([], "string"),
    ],
)
def test_values_tell_guids_from_strings_where_sqlite_has_only_text(samples, expected):
    assert recognise(core(), "sqlite", sample_ids=samples).key_type == expected


def test_large_integers_make_a_bigint_key():
    types = {"Id": "INTEGER"}
    assert recognise(core(types=types), "sqlite", sample_ids=[2**31]).key_type == "bigint"


def test_a_binary_key_is_refused_because_its_byte_order_is_unknown():
    with pytest.raises(SourceNotUnderstood, match="order of the bytes"):
        recognise(core(types={"Id": "binary(16)"}), "mysql")


def test_custom_columns_keep_the_discriminator_but_not_what_django_has_a_field_for():
    users = table("AspNetUsers", f"{CORE_USERS} Discriminator IsActive TenantId")
    mapping = recognise([users], "mssql").tables["users"]
    assert mapping.columns["discriminator"] == "Discriminator"
    assert mapping.columns["is_active"] == "IsActive"
    assert [column.name for column in mapping.custom_columns] == ["Discriminator", "TenantId"]


def test_older_accounts_beside_identity_are_mentioned():
    membership = table(
        "aspnet_Membership",
        "UserId Password PasswordFormat PasswordSalt IsApproved IsLockedOut",
    )
    layout = recognise([*core(), membership], "mssql")
    assert any("aspnet_Membership" in warning for warning in layout.warnings)


def test_universal_providers_are_membership_under_other_names():
    tables = [
        table("Users", "ApplicationId UserId UserName IsAnonymous", types={"UserId": "uuid"}),
        table("Memberships", "UserId Password PasswordFormat PasswordSalt IsApproved IsLockedOut"),
        table("UsersInRoles", "UserId RoleId"),
    ]
    layout = recognise(tables, "mssql")
    assert layout.generation is Generation.MEMBERSHIP
    assert layout.user_table.table.name == "Users"
    assert "membership_user_roles" in layout.tables


def test_simple_membership_without_its_profile_table_says_what_to_name():
    alone = table(
        "webpages_Membership", "UserId Password IsConfirmed PasswordFailuresSinceLastSuccess"
    )
    with pytest.raises(SourceTablesMissing, match="user_profile="):
        recognise([alone], "mssql")
