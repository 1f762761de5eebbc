"""Ask a database which tables and columns it has."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind

from identity_bridge.importing.layout import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLATIONS = {
    "postgresql": """
        SELECT n.nspname, c.relname, a.attname, l.collname
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_collation l ON l.oid = a.attcollation
        WHERE a.attnum > 0 AND n.nspname <> 'pg_catalog'
    """,
    "mysql": """
        SELECT NULL, TABLE_NAME, COLUMN_NAME, COLLATION_NAME FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME IS NOT NULL
    """,
    "mssql": """
        SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLLATION_NAME
        FROM INFORMATION_SCHEMA.COLUMNS WHERE COLLATION_NAME IS NOT NULL
    """,
}
"""Schema, table, column and collation, by SQLAlchemy's name of the dialect."""

SYSTEM_SCHEMAS = {"information_schema", "sys", "guest"}


def read_tables(connection: sa.Connection) -> tuple[TableInfo, ...]:
    """Return the tables of all schemas this login sees (MySQL: of its database)."""
    if connection.dialect.name == "sqlite":
        return tuple(_sqlite_tables(connection))
    with warnings.catch_warnings():
        # Types of extensions that SQLAlchemy does not know are no concern of ours.
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        return tuple(_server_tables(connection))


def _sqlite_tables(connection: sa.Connection) -> Iterator[TableInfo]:
    # SQLAlchemy reads a declared type by its affinity, and ``uniqueidentifier`` would be lost.
    listing = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for (name,) in connection.exec_driver_sql(listing).fetchall():
        if name.startswith("sqlite_"):
            continue
        quoted = name.replace('"', '""')
        rows = connection.exec_driver_sql(f'PRAGMA table_info("{quoted}")').fetchall()
        columns = tuple(
            ColumnInfo(
                name=row[1],
                type_name=row[2],
                nullable=not row[3],
                has_default=row[4] is not None,
                primary_key=row[5] > 0,
            )
            for row in rows
        )
        yield TableInfo(schema=None, name=name, columns=columns)


def _server_tables(connection: sa.Connection) -> Iterator[TableInfo]:
    inspector = sa.inspect(connection)
    collations = _collations(connection)
    for schema in _schemas(connection, inspector):
        keys = inspector.get_multi_pk_constraint(schema=schema, kind=ObjectKind.TABLE)
        columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.TABLE)
        for (_, name), described in sorted(columns.items(), key=lambda item: str(item[0][1])):
            constraint: Any = keys.get((schema, name)) or {}
            primary = set(constraint.get("constrained_columns") or ())
            yield TableInfo(
                schema=schema,
                name=name,
                columns=tuple(
                    _column(
                        connection,
                        column,
                        primary=column["name"] in primary,
                        collation=collations.get((schema, name, column["name"])),
                    )
                    for column in described
                ),
            )


def _schemas(connection: sa.Connection, inspector: sa.Inspector) -> list[str | None]:
    if connection.dialect.name == "mysql":
        return [None]
    return [
        name
        for name in inspector.get_schema_names()
        if name.lower() not in SYSTEM_SCHEMAS and not name.lower().startswith(("db_", "pg_"))
    ]


def _collations(connection: sa.Connection) -> dict[tuple[str | None, str, str], str]:
    """Return the collation of every text column; reflection leaves out those by default."""
    rows = connection.exec_driver_sql(COLLATIONS[connection.dialect.name]).fetchall()
    return {(schema, table, column): collation for schema, table, column, collation in rows}


def _column(
    connection: sa.Connection, column: Any, *, primary: bool, collation: str | None
) -> ColumnInfo:
    generated = (column.get(name) for name in ("default", "identity", "computed"))
    return ColumnInfo(
        name=column["name"],
        type_name=_type_name(connection, column["type"]),
        nullable=bool(column.get("nullable", True)),
        has_default=any(value is not None for value in generated)
        or column.get("autoincrement") is True,
        primary_key=primary,
        collation=collation,
    )


def _type_name(connection: sa.Connection, type_: Any) -> str:
    try:
        compiled: str = type_.compile(dialect=connection.dialect)
    except sa.exc.CompileError:
        return "unknown"
    # The collation is kept apart.
    return compiled.split(" COLLATE ")[0].split(" CHARACTER SET ")[0]
