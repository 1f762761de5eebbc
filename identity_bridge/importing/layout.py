"""Recognise which generation of ASP.NET's user tables a database holds, and how it is spelled.

Pure: values in, values out, no database. A table is known by its set of columns, in any of the
spellings of EFCore.NamingConventions, under any schema and any name; where several fit, the one
with the name its makers gave it wins, and where that does not decide, the error lists them.
Facts: docs of the schemas, ../facts/aspnet_identity.md sections 1.1-1.7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from identity_bridge.importing.sources import matching, shapes, spelling
from identity_bridge.importing.sources.errors import SourceNotUnderstood, SourceTablesMissing
from identity_bridge.importing.sources.tables import ColumnInfo, TableInfo, TableMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ColumnInfo",
    "Generation",
    "KeyType",
    "SourceLayout",
    "TableInfo",
    "TableMapping",
    "recognise",
]

KeyType = Literal["string", "guid", "int", "bigint"]

INT_MAX = 2**31 - 1
UPPER_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")


class Generation(StrEnum):
    """Whose tables they are."""

    CORE_V1 = "core_v1"
    """ASP.NET Core Identity, schema version 1 (the default of all releases)."""
    CORE_V2 = "core_v2"
    """ASP.NET Core Identity, schema version 2 (.NET 8): PhoneNumber has a length."""
    CORE_V3 = "core_v3"
    """ASP.NET Core Identity, schema version 3 (.NET 10): passkeys."""
    IDENTITY_2 = "identity_2"
    """ASP.NET Identity 1.0 and 2.x on EF6."""
    IDENTITY_2_HYBRID = "identity_2_hybrid"
    """A 2.x database to which somebody added the columns of Core by hand."""
    MEMBERSHIP = "membership"
    """SqlMembershipProvider (aspnet_*) and the Universal Providers."""
    SIMPLE_MEMBERSHIP = "simple_membership"
    """WebMatrix SimpleMembershipProvider (webpages_*)."""
    ABP = "abp"
    """ABP and ASP.NET Boilerplate (Abp*)."""


@dataclass(frozen=True, slots=True)
class SourceLayout:
    """What was recognised."""

    generation: Generation
    key_type: KeyType
    tables: dict[str, TableMapping]
    dialect: str
    spelling: str
    warnings: tuple[str, ...] = field(default=())

    @property
    def user_table(self) -> TableMapping:
        """The table that has one row a user, whatever the generation calls it."""
        return self.tables[_USER_TABLES.get(self.generation, "users")]


_USER_TABLES = {
    Generation.MEMBERSHIP: "membership_users",
    Generation.SIMPLE_MEMBERSHIP: "user_profile",
}


def recognise(
    tables: Sequence[TableInfo],
    dialect: str,
    *,
    sample_ids: Sequence[object] = (),
    chosen: Mapping[str, str] | None = None,
) -> SourceLayout:
    """Say which tables and columns of a database are those of ASP.NET's users.

    ``sample_ids`` are keys of users; SQLite's declared types do not tell a Guid from a string.
    ``chosen`` names tables by hand: logical name -> ``table`` or ``schema.table``.

    :raises SourceTablesMissing: no table of users.
    :raises SourceAmbiguous: several tables of users, or several of one of their side tables.
    :raises SourceNotUnderstood: a table named like the users' lacks columns, or its key cannot
        be read.
    """
    chosen = chosen or {}
    family = matching.choose_family(tables, chosen)
    found: dict[str, TableMapping] = {}
    home: str | None = None
    for logical, shape in family.items():
        if (mapping := matching.pick(logical, shape, tables, home, chosen)) is not None:
            found[logical] = mapping
            home = home if len(found) > 1 else mapping.table.schema
    generation = _generation(found)
    user_table = found[_USER_TABLES.get(generation, "users")]
    return SourceLayout(
        generation=generation,
        key_type=_key_type(user_table, dialect, sample_ids),
        tables=found,
        dialect=dialect,
        spelling=_describe_spelling(found),
        warnings=tuple(_warnings(found, family, tables)),
    )


def _generation(found: Mapping[str, TableMapping]) -> Generation:
    if "membership_users" in found:
        return Generation.MEMBERSHIP
    if "user_profile" in found:
        return Generation.SIMPLE_MEMBERSHIP
    if "users" not in found:
        raise SourceTablesMissing(
            "webpages_Membership was found, but not the table of user names beside it. Expected "
            "UserProfile with UserId and UserName. Name it: --table user_profile=TABLE"
        )
    users = found["users"]
    has = users.columns.keys()
    physical = {spelling.squash(column.name) for column in users.table.columns}
    if spelling.squash(users.table.name) == "abpusers" or (
        "tenantid" in physical and physical & {"extraproperties", "authenticationsource"}
    ):
        return Generation.ABP
    if "normalized_username" not in has:
        return Generation.IDENTITY_2
    if "lockout_end_date_utc" in has:
        return Generation.IDENTITY_2_HYBRID
    if "user_passkeys" in found:
        return Generation.CORE_V3
    phone_number = users.info("phone_number")
    # Lengths of login keys do not tell: AddDefaultIdentity sets 128 for schema 1 as well.
    if phone_number is not None and "256" in phone_number.type_name:
        return Generation.CORE_V2
    return Generation.CORE_V1


def _key_type(users: TableMapping, dialect: str, sample_ids: Sequence[object]) -> KeyType:
    key = users.table.column(users.columns["id"])
    type_name = key.type_name.lower()
    if type_name.startswith(("uuid", "uniqueidentifier")):
        return "guid"
    if dialect == "mysql" and type_name.startswith("char(36)"):
        return "guid"
    if type_name.startswith(("binary", "bytea", "blob", "varbinary")) and type_name != "blob(0)":
        raise SourceNotUnderstood(
            f"the key {users.table.qualified_name}.{key.name} is {key.type_name}. Expected text, "
            "an integer, uuid or char(36): the order of the bytes of a binary Guid is not "
            "known, and a wrong one would change every user's sub. Read from a view or an "
            "export that has the Guids as text."
        )
    if "bigint" in type_name or type_name == "int8":
        return "bigint"
    if "int" in type_name or type_name in {"serial", "number"}:
        large = any(isinstance(value, int) and value > INT_MAX for value in sample_ids)
        return "bigint" if large else "int"
    texts = [value for value in sample_ids if isinstance(value, str)]
    # EF's SQLite provider writes Guid keys in upper case; string keys made by Identity itself
    # are lower-case Guids, so one lower-case letter is enough to call them strings.
    if texts and len(texts) == len(sample_ids) and all(map(UPPER_GUID.fullmatch, texts)):
        return "guid"
    return "string"


def _describe_spelling(found: Mapping[str, TableMapping]) -> str:
    renamed = [
        mapping.table.qualified_name
        for logical, mapping in found.items()
        if mapping.table.name not in _all_names(logical)
    ]
    shared = frozenset.intersection(*(mapping.conventions for mapping in found.values()))
    # A one-word name reads the same in several conventions; the first that fits is meant.
    convention = next((name for name in spelling.CONVENTIONS if name in shared), "mixed")
    tables = f"tables renamed ({', '.join(sorted(renamed))})" if renamed else "tables as made"
    return f"{tables}; columns {convention}"


def _all_names(logical: str) -> tuple[str, ...]:
    for family in (
        shapes.IDENTITY_TABLES,
        shapes.MEMBERSHIP_TABLES,
        shapes.SIMPLE_MEMBERSHIP_TABLES,
    ):
        if logical in family:
            return family[logical].names[:2]
    return ()


_OPTIONAL = {
    # Tables that whole generations never had; their absence is no news.
    "role_claims",
    "user_tokens",
    "user_passkeys",
    "profiles",
    "webpages_oauth",
}


def _warnings(
    found: Mapping[str, TableMapping],
    family: Mapping[str, shapes.TableShape],
    tables: Sequence[TableInfo],
) -> Iterable[str]:
    for logical in family:
        if logical not in found and logical not in _OPTIONAL:
            yield f"no table of {logical} was found: nothing is imported for it"
    for logical, mapping in found.items():
        custom = ", ".join(column.name for column in mapping.custom_columns)
        if custom and family is shapes.IDENTITY_TABLES and logical not in {"users", "roles"}:
            yield f"{mapping.table.qualified_name} has columns that are not imported: {custom}"
    users = found.get("users")
    if users is not None:
        has = users.columns.keys()
        if "normalized_username" not in has and "lockout_end_date_utc" not in has:
            yield "AspNetUsers has no lockout columns: it is ASP.NET Identity 1.0"
        older = sorted(
            table.name
            for table in tables
            if spelling.squash(table.name) in {"aspnetmembership", "webpagesmembership"}
        )
        if older:
            yield f"older accounts are left behind in {', '.join(older)}: import them by themselves"
