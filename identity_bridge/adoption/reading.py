"""Read the AspNet tables of a database as :class:`schema.Table` values; nothing is written.

Indexes and keys come from Django's introspection; what it leaves out (the spelled type, defaults,
ON DELETE) from the catalog of each database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .schema import Column, ForeignKey, Index, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.backends.base.base import BaseDatabaseWrapper

SUPPORTED_VENDORS = ("sqlite", "postgresql", "mysql")

_COLUMNS = {
    "postgresql": """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '' OR a.attgenerated <> '', NULL
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = to_regclass(quote_ident(%s)) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum""",
    "mysql": """
        SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'YES',
               NULLIF(COLUMN_DEFAULT, 'NULL'),
               EXTRA LIKE '%%auto_increment%%' OR EXTRA LIKE '%%GENERATED%%', COLLATION_NAME
        FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s
        ORDER BY ORDINAL_POSITION""",
}
_FOREIGN_KEYS = {
    "postgresql": """
        SELECT c.conname, a.attname, r.relname, f.attname, c.confdeltype, c.condeferrable
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_class r ON r.oid = c.confrelid
        JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND c.conrelid = to_regclass(quote_ident(%s))""",
    "mysql": """
        SELECT k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME,
               r.DELETE_RULE, 0
        FROM information_schema.KEY_COLUMN_USAGE k
        JOIN information_schema.REFERENTIAL_CONSTRAINTS r
          ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
         AND r.TABLE_NAME = k.TABLE_NAME
        WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME = %s
          AND k.REFERENCED_TABLE_NAME IS NOT NULL""",
}
_POSTGRESQL_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL"}


def read_schema(
    connection: BaseDatabaseWrapper, tables: Collection[str], django_tables: Collection[str]
) -> Schema:
    """Return those of ``tables`` that exist, and what ``django_tables`` refer to in them."""
    with connection.cursor() as cursor:
        present = {info.name for info in connection.introspection.get_table_list(cursor)}
        found = tuple(_table(connection, cursor, name) for name in tables if name in present)
        others = tuple(
            _references(connection, cursor, name, tables)
            for name in sorted(present & set(django_tables) - set(tables))
        )
    return Schema(
        vendor=connection.vendor,
        tables=found,
        django_tables=tuple(table for table in others if table.foreign_keys),
    )


def _table(connection: BaseDatabaseWrapper, cursor: Any, name: str) -> Table:
    constraints = connection.introspection.get_constraints(cursor, name)
    primary = next(
        ((key, entry) for key, entry in constraints.items() if entry["primary_key"]), ("", None)
    )
    return Table(
        name=name,
        columns=_columns(connection, cursor, name),
        primary_key=tuple(primary[1]["columns"]) if primary[1] else (),
        primary_key_name=primary[0],
        indexes=tuple(
            Index(name=key, columns=tuple(entry["columns"]), unique=bool(entry["unique"]))
            for key, entry in constraints.items()
            # An index on an expression has no columns, or unnamed ones.
            if (entry["index"] or entry["unique"]) and entry["columns"] and all(entry["columns"])
        ),
        foreign_keys=_foreign_keys(connection, cursor, name),
        sql=_stored_sql(connection, cursor, name),
    )


def _references(
    connection: BaseDatabaseWrapper, cursor: Any, name: str, targets: Collection[str]
) -> Table:
    keys = _foreign_keys(connection, cursor, name)
    return Table(
        name=name,
        foreign_keys=tuple(key for key in keys if key.target_table in targets),
        sql=_stored_sql(connection, cursor, name),
    )


def _columns(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> tuple[Column, ...]:
    if connection.vendor == "sqlite":
        cursor.execute(f"PRAGMA table_xinfo({connection.ops.quote_name(table)})")
        rows = [
            # An INTEGER PRIMARY KEY is the rowid; hidden 2 and 3 are computed columns.
            (name, kind, not required, default, bool(hidden) or (key and kind == "INTEGER"), None)
            for _number, name, kind, required, default, key, hidden in cursor.fetchall()
        ]
    else:
        cursor.execute(_COLUMNS[connection.vendor], [table])
        rows = cursor.fetchall()
    return tuple(
        Column(
            name=name,
            type=kind,
            nullable=bool(nullable),
            default=default,
            generated=bool(generated),
            collation=collation,
        )
        for name, kind, nullable, default, generated, collation in rows
    )


def _foreign_keys(
    connection: BaseDatabaseWrapper, cursor: Any, table: str
) -> tuple[ForeignKey, ...]:
    if connection.vendor == "sqlite":
        cursor.execute(f"PRAGMA foreign_key_list({connection.ops.quote_name(table)})")
        rows = [
            (f"FK_{table}_{target}_{column}", column, target, to or "Id", action, False)
            for _id, _seq, target, column, to, _update, action, _match in cursor.fetchall()
        ]
    else:
        cursor.execute(_FOREIGN_KEYS[connection.vendor], [table])
        rows = cursor.fetchall()
    return tuple(
        ForeignKey(
            name=name,
            column=column,
            target_table=target,
            target_column=to,
            on_delete=_POSTGRESQL_ACTIONS.get(action, action),
            deferrable=bool(deferrable),
        )
        for name, column, target, to, action, deferrable in rows
    )


def _stored_sql(connection: BaseDatabaseWrapper, cursor: Any, table: str) -> str:
    if connection.vendor != "sqlite":
        return ""
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    return str(cursor.fetchone()[0])
