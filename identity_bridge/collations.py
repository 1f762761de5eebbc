"""Text on MySQL and MariaDB: exact where records are told apart, and yet searchable by any case.

Under a binary collation Django's ``iexact`` and ``icontains``, which are LIKE there, see upper
and lower case as two. Django's password reset and the admin's search use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.lookups import IContains, IEndsWith, IExact, IStartsWith

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def exact_collation(connection: BaseDatabaseWrapper) -> str | None:
    """Name the collation under which equal means the same bytes; None where that is the rule."""
    if connection.vendor != "mysql":
        return None
    mariadb: bool = connection.mysql_is_mariadb  # type: ignore[attr-defined]
    return "utf8mb4_nopad_bin" if mariadb else "utf8mb4_0900_bin"


class _AnyCase:
    """A look-up that compares without case on MySQL, whatever the column's collation."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, Any]:
        sql, params = super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]
        if connection.vendor == "mysql":
            sql = f"CONVERT({sql} USING utf8mb4) COLLATE utf8mb4_general_ci"
        return sql, params


def register_any_case(field_class: Any) -> None:
    """Give a field class look-ups that ignore case on every database."""
    for lookup in (IExact, IContains, IStartsWith, IEndsWith):
        field_class.register_lookup(type(f"AnyCase{lookup.__name__}", (_AnyCase, lookup), {}))
