"""Queries for the providers before ASP.NET Identity: Membership and SimpleMembership.

Their users are spread over several tables; a LEFT JOIN brings them into the shape of
``USER_COLUMNS``, so that a user without a password row is still a user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from identity_bridge.importing.sources.columns import (
    MEMBERSHIP_EXTRAS,
    ROLE_COLUMNS,
    SIMPLE_MEMBERSHIP_EXTRAS,
    USER_COLUMNS,
)
from identity_bridge.importing.sources.profile_data import parse_profile
from identity_bridge.importing.sources.statements import MappedTable, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROFILE_PARTS = ("property_names", "property_strings", "property_binary")


def membership_users(tables: Mapping[str, MappedTable]) -> Query:
    """aspnet_Users with its membership, application and profile."""
    users, membership = tables["membership_users"], tables.get("membership")
    source: Any = users.table
    found: dict[str, Any] = {"id": users.key("id"), "username": users.value("username")}
    extras: dict[str, Any] = {
        name: users.value(name) for name in ("mobile_alias", "is_anonymous", "last_activity_date")
    }
    extras["application_id"] = users.key("application_id")
    extras["has_membership_row"] = sa.literal_column("0")
    if membership is not None:
        source = _join(source, membership, users, "user_id", "id")
        found["email"] = membership.value("email")
        found["access_failed_count"] = membership.value("access_failed_count")
        found["password"] = _triple(membership)
        extras["has_membership_row"] = _row_exists(membership)
        for name in MEMBERSHIP_EXTRAS:
            if name in membership.mapping.columns:
                extras[name] = membership.value(name)
    if (applications := tables.get("applications")) is not None:
        source = _join(source, applications, users, "application_id", "application_id")
        extras["application_name"] = applications.value("application_name")
    if (profiles := tables.get("profiles")) is not None:
        source = _join(source, profiles, users, "user_id", "id")
        extras |= {name: profiles.value(name) for name in _PROFILE_PARTS}
    return _query(users, source, found, extras, finish=_with_profile)


def membership_roles(table: MappedTable, applications: MappedTable | None) -> Query:
    """aspnet_Roles; the same name in two applications is two roles."""
    source: Any = table.table
    extras: dict[str, Any] = {
        "application_id": table.key("application_id"),
        "application_name": sa.null(),
        "description": table.value("description"),
    }
    if applications is not None:
        source = _join(source, applications, table, "application_id", "application_id")
        extras["application_name"] = applications.value("application_name")
    return Query(
        columns=(*_role_values(table), *extras.values()),
        source=source,
        keyed=table,
        key="id",
        extras=tuple(extras),
    )


def simple_membership_users(tables: Mapping[str, MappedTable]) -> Query:
    """UserProfile with webpages_Membership; accounts of external logins have no such row."""
    users, membership = tables["user_profile"], tables.get("webpages_membership")
    source: Any = users.table
    found: dict[str, Any] = {
        "id": users.key("id"),
        "username": users.value("username"),
        "email": users.value("email"),
    }
    extras: dict[str, Any] = {"has_membership_row": sa.literal_column("0")}
    if membership is not None:
        source = _join(source, membership, users, "user_id", "id")
        found["password"] = membership.value("password")
        found["access_failed_count"] = membership.value("access_failed_count")
        extras["has_membership_row"] = _row_exists(membership)
        for name in SIMPLE_MEMBERSHIP_EXTRAS[1:]:
            extras[name] = membership.value(name)
    return _query(users, source, found, extras | dict(users.custom()))


def simple_membership_roles(table: MappedTable) -> Query:
    return Query(columns=tuple(_role_values(table)), source=table.table, keyed=table, key="id")


def _role_values(table: MappedTable) -> list[Any]:
    return [table.key("id"), *(table.value(name) for name in ROLE_COLUMNS[1:])]


def _query(
    users: MappedTable,
    source: Any,
    found: dict[str, Any],
    extras: dict[str, Any],
    *,
    finish: Any = None,
) -> Query:
    columns = [found.get(name, sa.null().label(f"no_{name}")) for name in USER_COLUMNS]
    return Query(
        columns=(*columns, *extras.values()),
        source=source,
        keyed=users,
        key="id",
        extras=tuple(extras),
        finish=finish,
    )


def _join(source: Any, table: MappedTable, to: MappedTable, column: str, to_column: str) -> Any:
    onclause = table.column(column) == to.column(to_column)
    return sa.outerjoin(source, table.table, onclause)


def _row_exists(table: MappedTable) -> Any:
    return sa.case(
        (table.column("user_id").is_not(None), sa.literal_column("1")),
        else_=sa.literal_column("0"),
    )


def _triple(membership: MappedTable) -> Any:
    """``Password|PasswordFormat|PasswordSalt``, NULL where there is no row."""
    return (
        sa.type_coerce(membership.column("password"), sa.String)
        + sa.literal_column("'|'")
        + sa.cast(membership.column("password_format"), sa.String(11))
        + sa.literal_column("'|'")
        + sa.type_coerce(membership.column("password_salt"), sa.String)
    )


def _with_profile(row: dict[str, Any]) -> dict[str, Any]:
    names, strings, binary = (row.pop(part, None) for part in _PROFILE_PARTS)
    row["profile"] = parse_profile(names, strings, binary)
    return row
