"""The tables that Django makes are EF's: columns, types, indexes, keys, ON DELETE."""

from __future__ import annotations

import pytest
from django.db import connection

from identity_bridge.adoption.reading import read_schema
from identity_bridge.adoption.schema import Table

pytestmark = pytest.mark.django_db

#: Columns in the spelling of each database: (EF's type, nullable).
TYPES = {
    "sqlite": {
        "key": "TEXT",
        "name": "TEXT",
        "text": "TEXT",
        "flag": "INTEGER",
        "moment": "TEXT",
        "number": "INTEGER",
        "claim_key": "INTEGER",
        "part": "TEXT",
        "credential": "BLOB",
        "data": "TEXT",
    },
    "postgresql": {
        "key": "text",
        "name": "character varying(256)",
        "text": "text",
        "flag": "boolean",
        "moment": "timestamp with time zone",
        "number": "integer",
        "claim_key": "integer",
        "part": "text",
        "credential": "bytea",
        "data": "jsonb",
    },
    "mysql": {
        "key": "varchar(450)",
        "name": "varchar(256)",
        "text": "longtext",
        "flag": "tinyint(1)",
        "moment": "datetime(6)",
        "number": "int(11)",
        "claim_key": "int(11)",
        "part": "varchar(128)",
        "credential": "varbinary(1024)",
        "data": "longtext",
    },
}
USERS = {
    "Id": ("key", False),
    "UserName": ("name", True),
    "NormalizedUserName": ("name", True),
    "Email": ("name", True),
    "NormalizedEmail": ("name", True),
    "EmailConfirmed": ("flag", False),
    "PasswordHash": ("text", True),
    "SecurityStamp": ("text", True),
    "ConcurrencyStamp": ("text", True),
    "PhoneNumber": ("text", True),
    "PhoneNumberConfirmed": ("flag", False),
    "TwoFactorEnabled": ("flag", False),
    "LockoutEnd": ("moment", True),
    "LockoutEnabled": ("flag", False),
    "AccessFailedCount": ("number", False),
}
TABLES = {
    "AspNetUsers": USERS,
    "AspNetRoles": {
        "Id": ("key", False),
        "Name": ("name", True),
        "NormalizedName": ("name", True),
        "ConcurrencyStamp": ("text", True),
    },
    "AspNetUserClaims": {
        "Id": ("claim_key", False),
        "UserId": ("key", False),
        "ClaimType": ("text", True),
        "ClaimValue": ("text", True),
    },
    "AspNetRoleClaims": {
        "Id": ("claim_key", False),
        "RoleId": ("key", False),
        "ClaimType": ("text", True),
        "ClaimValue": ("text", True),
    },
    "AspNetUserLogins": {
        "LoginProvider": ("part", False),
        "ProviderKey": ("part", False),
        "ProviderDisplayName": ("text", True),
        "UserId": ("key", False),
    },
    "AspNetUserTokens": {
        "UserId": ("key", False),
        "LoginProvider": ("part", False),
        "Name": ("part", False),
        "Value": ("text", True),
    },
    "AspNetUserRoles": {"UserId": ("key", False), "RoleId": ("key", False)},
    "AspNetUserPasskeys": {
        "CredentialId": ("credential", False),
        "UserId": ("key", False),
        "Data": ("data", False),
    },
}
DJANGO_ONLY = {"IsActive", "IsStaff", "IsSuperuser", "LastLogin", "DateJoined"}
PRIMARY_KEYS = {
    "AspNetUserLogins": ("LoginProvider", "ProviderKey"),
    "AspNetUserTokens": ("UserId", "LoginProvider", "Name"),
    "AspNetUserRoles": ("UserId", "RoleId"),
    "AspNetUserPasskeys": ("CredentialId",),
}
INDEXES = {
    "AspNetUsers": {
        "UserNameIndex": (("NormalizedUserName",), True),
        "EmailIndex": (("NormalizedEmail",), False),
        "ib_users_username": (("UserName",), True),
    },
    "AspNetRoles": {"RoleNameIndex": (("NormalizedName",), True)},
    "AspNetUserClaims": {"IX_AspNetUserClaims_UserId": (("UserId",), False)},
    "AspNetRoleClaims": {"IX_AspNetRoleClaims_RoleId": (("RoleId",), False)},
    "AspNetUserLogins": {"IX_AspNetUserLogins_UserId": (("UserId",), False)},
    "AspNetUserTokens": {},
    "AspNetUserRoles": {"IX_AspNetUserRoles_RoleId": (("RoleId",), False)},
    "AspNetUserPasskeys": {"IX_AspNetUserPasskeys_UserId": (("UserId",), False)},
}
ROLE_KEYS_ON_MYSQL = {
    ("AspNetRoles", "Id"),
    ("AspNetRoleClaims", "RoleId"),
    ("AspNetUserRoles", "RoleId"),
}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Table:
    found = read_schema(connection, [request.param], ()).table(request.param)
    assert found is not None
    return found


def test_columns_are_those_of_ef(table: Table) -> None:
    types = TYPES[connection.vendor]
    expected = {}
    for name, (kind, nullable) in TABLES[table.name].items():
        spelled = types[kind]
        if connection.vendor == "mysql" and (table.name, name) in ROLE_KEYS_ON_MYSQL:
            spelled = "varchar(255)"
        expected[name] = (spelled.lower(), nullable)
    found = {column.name: (column.type.lower(), column.nullable) for column in table.columns}
    assert {name: found[name] for name in expected} == expected
    assert set(found) - set(expected) == (DJANGO_ONLY if table.name == "AspNetUsers" else set())


def test_primary_keys_are_those_of_ef(table: Table) -> None:
    assert table.primary_key == PRIMARY_KEYS.get(table.name, ("Id",))


def test_indexes_have_the_names_of_ef(table: Table) -> None:
    found = {
        index.name: (index.columns, index.unique)
        for index in table.indexes
        if index.columns != table.primary_key and not index.name.startswith(("FK_", "PRIMARY"))
    }
    assert found == INDEXES[table.name]


def test_foreign_keys_cascade_in_the_database(table: Table) -> None:
    for key in table.foreign_keys:
        assert key.name == f"FK_{table.name}_{key.target_table}_{key.column}"
        assert (key.target_column, key.on_delete) == ("Id", "CASCADE")
    targets = {key.column: key.target_table for key in table.foreign_keys}
    references = {"UserId": "AspNetUsers", "RoleId": "AspNetRoles"}
    assert targets == {name: references[name] for name in TABLES[table.name] if name in references}


def test_what_only_django_needs_has_defaults_in_the_database() -> None:
    users = read_schema(connection, ["AspNetUsers"], ()).table("AspNetUsers")
    assert users is not None
    defaults = {column.name: column.default for column in users.columns}
    assert {str(defaults[name]).lower() for name in ("IsStaff", "IsSuperuser")} <= {"0", "false"}
    assert str(defaults["IsActive"]).lower() in {"1", "true"}
    for name in ("LastLogin", "DateJoined"):
        column = users.column(name)
        assert column is not None
        assert column.nullable


@pytest.mark.parametrize(
    "name",
    [
        "identity_bridge_user_groups",
        "identity_bridge_user_permissions",
        "identity_bridge_role_permissions",
    ],
)
def test_djangos_own_relations_let_net_delete(name: str) -> None:
    relation = read_schema(connection, [name], ()).table(name)
    assert relation is not None
    assert [key.on_delete for key in relation.foreign_keys] == ["CASCADE", "CASCADE"]
