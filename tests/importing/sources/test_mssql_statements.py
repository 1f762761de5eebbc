"""The SQL that SQL Server gets, by SQLAlchemy's own dialect; no server is needed."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import mssql

from identity_bridge.importing.layout import ColumnInfo, TableInfo, recognise
from identity_bridge.importing.sources import old_statements, servers, statements
from identity_bridge.importing.sources.columns import USER_COLUMNS


def table(name, columns, *, schema="dbo"):
    pairs = (pair.split(":") for pair in columns.split())
    return TableInfo(schema, name, tuple(ColumnInfo(name, kind) for name, kind in pairs))


def mapped(*tables, collation=None):
    layout = recognise(tables, "mssql")
    rules = statements.KeyRules("mssql", layout.key_type, collation=collation)
    return {name: statements.MappedTable(mapping, rules) for name, mapping in layout.tables.items()}


def sql(statement):
    text = " ".join(str(statement.compile(dialect=mssql.dialect())).split())
    # SQLAlchemy writes the number itself when the statement is executed.
    return text.replace("TOP __[POSTCOMPILE_param_1]", "TOP <limit>")


GUID_USERS = table(
    "AspNetUsers",
    "Id:uniqueidentifier UserName:nvarchar(256) PasswordHash:nvarchar SecurityStamp:nvarchar "
    "LockoutEnd:datetimeoffset CreatedOn:datetime2 Tenant:uniqueidentifier",
    schema="identity",
)
PASSKEYS = table(
    "AspNetUserPasskeys", "CredentialId:varbinary(1024) UserId:uniqueidentifier Data:json"
)


def test_a_page_of_users_has_top_brackets_schema_and_conversions():
    users = statements.identity_users(mapped(GUID_USERS)["users"], USER_COLUMNS)
    name = "[identity].[AspNetUsers]"
    nulls = {name: f"NULL AS no_{name}" for name in USER_COLUMNS}
    selected = nulls | {
        "id": f"lower(convert(varchar(36), {name}.[Id])) AS lower_1",
        "username": f"{name}.[UserName]",
        "password": f"{name}.[PasswordHash]",
        "security_stamp": f"{name}.[SecurityStamp]",
        "lockout_end": f"convert(varchar(40), {name}.[LockoutEnd], 127) AS convert_1",
    }
    expected = (
        f"SELECT TOP <limit> {', '.join(selected.values())}, "
        f"convert(varchar(40), {name}.[CreatedOn], 126) AS convert_2, "
        f"lower(convert(varchar(36), {name}.[Tenant])) AS lower_2, "
        f"lower(convert(varchar(36), {name}.[Id])) AS page_key "
        f"FROM {name} WHERE {name}.[Id] IS NOT NULL"
    )
    assert sql(users.page(first=True, limit=5000)) == f"{expected} ORDER BY {name}.[Id]"
    assert sql(users.page(first=False, limit=5000)) == (
        f"{expected} AND {name}.[Id] > CAST(:after AS UNIQUEIDENTIFIER) ORDER BY {name}.[Id]"
    )


def test_children_are_compared_as_keys_of_their_type_by_the_server():
    children = mapped(GUID_USERS, PASSKEYS)["user_passkeys"]
    name = "dbo.[AspNetUserPasskeys]"
    select = (
        f"SELECT {name}.[CredentialId], lower(convert(varchar(36), {name}.[UserId])) AS lower_1, "
        f"CAST({name}.[Data] AS NVARCHAR(max)) AS [Data] FROM {name}"
    )
    order = f"ORDER BY {name}.[UserId], {name}.[CredentialId]"

    def children_sql(*, after, up_to):
        return sql(statements.children("user_passkeys", children, after=after, up_to=up_to))

    up_to = f"{name}.[UserId] <= CAST(:up_to AS UNIQUEIDENTIFIER)"
    beyond = f"{name}.[UserId] > CAST(:after AS UNIQUEIDENTIFIER)"
    assert children_sql(after=False, up_to=False) == f"{select} {order}"
    assert children_sql(after=True, up_to=True) == f"{select} WHERE {beyond} AND {up_to} {order}"
    assert children_sql(after=True, up_to=False) == f"{select} WHERE {beyond} {order}"
    assert children_sql(after=False, up_to=True) == (
        f"{select} WHERE {up_to} OR {name}.[UserId] IS NULL {order}"
    )


@pytest.mark.parametrize(("type_name", "bind"), [("int", ":after"), ("nvarchar(450)", ":after")])
def test_other_keys_are_compared_bare_so_that_the_index_serves(type_name, bind):
    users = table(
        "AspNetUsers", f"Id:{type_name} UserName:nvarchar PasswordHash:nvarchar SecurityStamp:int"
    )
    query = statements.identity_users(mapped(users)["users"], USER_COLUMNS)
    assert f"dbo.[AspNetUsers].[Id] > {bind} ORDER BY" in sql(query.page(first=False, limit=2))


def test_a_side_table_with_another_collation_is_compared_by_that_of_the_users():
    users = table(
        "AspNetUsers", "Id:nvarchar(450) UserName:nvarchar PasswordHash:nvarchar SecurityStamp:int"
    )
    columns = ("UserId", "ClaimType", "ClaimValue")
    finnish = (ColumnInfo(name, "nvarchar", collation="Finnish_Swedish_CI_AS") for name in columns)
    claims = TableInfo("dbo", "AspNetUserClaims", tuple(finnish))
    tables = mapped(users, claims, collation="Latin1_General_CI_AS")
    statement = statements.children("user_claims", tables["user_claims"], after=True, up_to=False)
    assert "[UserId] COLLATE Latin1_General_CI_AS) > :after" in sql(statement)


def test_membership_joins_its_tables_and_makes_the_triple():
    users = table(
        "aspnet_Users",
        "ApplicationId:uniqueidentifier UserId:uniqueidentifier UserName:nvarchar IsAnonymous:bit",
    )
    membership = table(
        "aspnet_Membership",
        "UserId:uniqueidentifier Password:nvarchar(128) PasswordFormat:int "
        "PasswordSalt:nvarchar(128) IsApproved:bit IsLockedOut:bit CreateDate:datetime",
    )
    text = sql(old_statements.membership_users(mapped(users, membership)).page(first=True, limit=9))
    m = "dbo.[aspnet_Membership]"
    assert (
        f"{m}.[Password] + '|' + CAST({m}.[PasswordFormat] AS VARCHAR(11)) + '|' + "
        f"{m}.[PasswordSalt]"
    ) in text
    assert f"CASE WHEN ({m}.[UserId] IS NOT NULL) THEN 1 ELSE 0 END" in text
    assert f"LEFT OUTER JOIN {m} ON {m}.[UserId] = dbo.[aspnet_Users].[UserId]" in text
    assert f"convert(varchar(40), {m}.[CreateDate], 126)" in text


def test_the_url_asks_for_a_read_only_replica():
    pytest.importorskip("mssql_python")
    import sqlalchemy as sa

    url = servers.server_url(sa.make_url("sqlserver://ann:pw@host:1433/db?Encrypt=yes"))
    assert url.drivername == "mssql+mssqlpython"
    assert url.query == {"Encrypt": "yes", "ApplicationIntent": "ReadOnly"}
    dialect = url.get_dialect()()
    (connection_string,), _ = dialect.create_connect_args(url)
    assert "ApplicationIntent=ReadOnly" in connection_string
    assert servers.display_name(url) == "mssql://ann:***@host:1433/db"
