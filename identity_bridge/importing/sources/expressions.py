"""SQL expressions that make every dialect give the same values.

They run in the database, because a million rows leave no time for Python: Guids as lower-case
text, dates as text (so that ``infinity``, year 1 and seven digits survive), JSON as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql

if TYPE_CHECKING:
    from sqlalchemy.sql import ColumnElement

    from identity_bridge.importing.layout import ColumnInfo, KeyType

PLAIN_ON_POSTGRESQL = re.compile(
    r"(bool|smallint|int|bigint|numeric|real|double|float|bytea|json|text|(var)?char|money)[^\[]*"
)
"""Types whose values psycopg reads whatever they are. All others are read as text: dates may be
``infinity`` or before Christ, and enums, ranges and networks have text forms anyway."""
TEMPORAL = re.compile(r"date|time|year")


def is_guid(type_name: str) -> bool:
    return type_name.lower().startswith(("uuid", "uniqueidentifier"))


def key(column: ColumnElement[Any], info: ColumnInfo, dialect: str, key_type: KeyType) -> Any:
    """Return the expression that gives a key as .NET prints it."""
    if key_type != "guid":
        return column
    if dialect == "postgresql" and is_guid(info.type_name):
        return sa.cast(column, sa.Text)
    if dialect == "mssql" and is_guid(info.type_name):
        return sa.func.lower(_convert(column, 36))
    return sa.func.lower(column)


def key_bind(name: str, info: ColumnInfo, dialect: str, key_type: KeyType) -> Any:
    """Return the parameter a key column is compared with, typed so that indexes serve."""
    if key_type in ("int", "bigint"):
        return sa.bindparam(name, type_=sa.BigInteger)
    bind = sa.bindparam(name, type_=sa.Text)
    if is_guid(info.type_name) and dialect == "postgresql":
        return sa.cast(bind, sa.Uuid)
    if is_guid(info.type_name) and dialect == "mssql":
        return sa.cast(bind, mssql.UNIQUEIDENTIFIER)
    return bind


def collated(column: ColumnElement[Any], info: ColumnInfo, dialect: str, collation: str) -> Any:
    """Return a text column so that it compares by another collation than its own."""
    value: Any = column
    character_set = collation.partition("_")[0]
    if dialect == "mysql" and (info.collation or "").partition("_")[0] != character_set:
        # A collation of MySQL belongs to one character set.
        value = sa.cast(column, mysql.CHAR(charset=character_set))
    return sa.collate(value, collation)


def moment(column: ColumnElement[Any], info: ColumnInfo, dialect: str) -> Any:
    """Return a point of time (in UTC where the type knows its offset) as text."""
    if dialect == "postgresql":
        return sa.cast(column, sa.Text)
    if dialect == "mysql":
        return sa.cast(column, sa.CHAR)
    if dialect == "mssql" and TEMPORAL.search(info.type_name.lower()):
        # Style 127: ISO 8601 in UTC with all seven digits and a Z.
        return _convert(column, 40, 127)
    return column


def document(column: ColumnElement[Any], dialect: str) -> Any:
    """Return JSON as text, whatever type holds it."""
    if dialect == "postgresql":
        return sa.cast(column, sa.Text)
    if dialect == "mysql":
        return sa.cast(column, sa.CHAR)
    if dialect == "mssql":
        return sa.cast(column, mssql.NVARCHAR(None))
    return column


def plain(column: ColumnElement[Any], info: ColumnInfo, dialect: str) -> Any:
    """Return any other column in a form that the driver cannot fail on."""
    type_name = info.type_name.lower()
    if dialect == "postgresql" and not PLAIN_ON_POSTGRESQL.fullmatch(type_name):
        return sa.cast(column, sa.Text)
    if dialect == "mysql" and TEMPORAL.search(type_name):
        return sa.cast(column, sa.CHAR)
    if dialect == "mssql":
        if is_guid(type_name):
            return sa.func.lower(_convert(column, 36))
        if TEMPORAL.search(type_name) and "timestamp" not in type_name:
            # Style 126 keeps the offset a datetimeoffset was written with.
            return _convert(column, 40, 126)
        if type_name.startswith(("json", "xml", "sql_variant", "hierarchyid", "geo")):
            return sa.cast(column, mssql.NVARCHAR(None))
    return column


def _convert(column: ColumnElement[Any], length: int, style: int | None = None) -> Any:
    target: Any = sa.literal_column(f"varchar({length})")
    arguments = [target, column] + ([] if style is None else [sa.literal_column(str(style))])
    return sa.func.convert(*arguments)
