"""Put a scenario's rows into the tables, and read all tables back to compare."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from identity_bridge.aspnet import date_times
from identity_bridge.fields import column_from_encoded, encoded_from_column
from identity_bridge.models import (
    Role,
    RoleClaim,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)

NUMBERED = {"AspNetUserClaims", "AspNetRoleClaims"}

Tables = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def models() -> list[Any]:
    return [
        get_user_model(), Role, UserRole, UserClaim, RoleClaim, UserLogin, UserToken, UserPasskey,
    ]  # fmt: skip


def load(before: dict[str, list[dict[str, Any]]]) -> None:
    """Insert the rows as another program would: no stamp is renewed, no name normalised."""
    for model in models():
        fields = {field.column: field for field in _fields(model)}
        rows = []
        for row in before.get(model._meta.db_table, []):
            values = {
                fields[column].attname: to_python(column, value)
                for column, value in row.items()
                # Ids of claims are left to the database, whose counter would not know of them.
                if not (column == "Id" and model._meta.db_table in NUMBERED)
            }
            rows.append(model(**values))
        model._base_manager.bulk_create(rows)


def to_python(column: str, value: Any) -> Any:
    if column == "PasswordHash":
        return encoded_from_column(value)
    if column == "LockoutEnd" and value is not None:
        return date_times.parse(value)
    return value


def read() -> Tables:
    """Return what .NET knows of all rows, by table and key."""
    tables: Tables = {}
    for model in models():
        ignored = getattr(model, "DJANGO_ONLY_FIELDS", frozenset())
        fields = [field for field in _fields(model) if field.attname not in ignored]
        key = [f.attname for f in model._meta.pk_fields]
        rows = {}
        for values in model._base_manager.values(*(f.attname for f in fields)):
            row = {f.column: values[f.attname] for f in fields}
            if "PasswordHash" in row:
                row["PasswordHash"] = column_from_encoded(row["PasswordHash"])
            rows[tuple(values[name] for name in key)] = row
        tables[model._meta.db_table] = rows
    return tables


def _fields(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.column]


def changes(before: Tables, after: Tables) -> list[dict[str, Any]]:
    """Return the differences in the shape of the recorded ones."""
    found: list[dict[str, Any]] = []
    for table, rows in after.items():
        for key, row in rows.items():
            old = before[table].get(key)
            if old is None:
                found.append({"table": table, "change": "insert", "columns": row})
            elif old != row:
                columns = {name: value for name, value in row.items() if old[name] != value}
                found.append({"table": table, "change": "update", "key": key, "columns": columns})
        found += [
            {"table": table, "change": "delete", "key": key}
            for key in before[table]
            if key not in rows
        ]
    return found
