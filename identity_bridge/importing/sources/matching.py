"""Find the table that is meant among those a database has. Pure.

A table fits by its columns; its name decides between several that fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.importing.sources import shapes, spelling
from identity_bridge.importing.sources.errors import (
    SourceAmbiguous,
    SourceNotUnderstood,
    SourceTablesMissing,
)
from identity_bridge.importing.sources.tables import TableMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from identity_bridge.importing.sources.tables import TableInfo

_ALSO_CUSTOM = ("discriminator", "is_deleted")


def match(table: TableInfo, shape: shapes.TableShape) -> TableMapping | None:
    """Return how the table fits the shape, or None where a required column is missing."""
    present = {column.name for column in table.columns}
    hits = {
        logical: hit
        for logical, names in shape.columns.items()
        if (hit := spelling.find(names, present)) is not None
    }
    if not shape.required <= hits.keys():
        return None
    columns = {logical: written for logical, (written, _) in hits.items()}
    own = {physical for logical, physical in columns.items() if logical not in _ALSO_CUSTOM}
    return TableMapping(
        table=table,
        columns=columns,
        custom_columns=tuple(column for column in table.columns if column.name not in own),
        conventions=spelling.common(hits.values()),
    )


def choose_family(
    tables: Sequence[TableInfo], chosen: Mapping[str, str]
) -> Mapping[str, shapes.TableShape]:
    """Choose the set of shapes by the one table nobody else has."""
    for family in (
        shapes.IDENTITY_TABLES,
        shapes.SIMPLE_MEMBERSHIP_TABLES,
        shapes.MEMBERSHIP_TABLES,
    ):
        anchor = family.get("webpages_membership") or next(iter(family.values()))
        if any(match(table, anchor) for table in tables):
            return family
    for table in tables:
        if (
            spelling.squash(table.name) in {"aspnetusers", "abpusers"}
            or table.name in chosen.values()
        ):
            raise SourceNotUnderstood(_incomplete(table))
    names = ", ".join(sorted(table.qualified_name for table in tables)[:20]) or "none at all"
    raise SourceTablesMissing(
        "no table of users of ASP.NET Identity, Membership or SimpleMembership was found. "
        f"Tables found: {names}. Expected one with the columns Id, UserName, PasswordHash and "
        "SecurityStamp (in any spelling), aspnet_Users, or webpages_Membership. "
        "Check the database name, and that this login may see the tables."
    )


def _incomplete(table: TableInfo) -> str:
    shape = shapes.IDENTITY_TABLES["users"]
    present = {column.name for column in table.columns}
    missing = [
        shape.columns[logical][0]
        for logical in sorted(shape.required)
        if spelling.find(shape.columns[logical], present) is None
    ]
    return (
        f"the table {table.qualified_name} has no column {', '.join(missing)}. Found: "
        f"{', '.join(sorted(present))}. Expected the columns of AspNetUsers; where they were "
        "renamed, read from a view or an export that names them as EF does."
    )


def pick(
    logical: str,
    shape: shapes.TableShape,
    tables: Iterable[TableInfo],
    home: str | None,
    chosen: Mapping[str, str],
) -> TableMapping | None:
    named = chosen.get(logical)
    ranked: dict[int, list[TableMapping]] = {}
    for table in tables:
        if named is not None and named not in (table.name, table.qualified_name):
            continue
        mapping = match(table, shape)
        rank = _rank(table.name, shape) if named is None else 0
        if mapping is not None and rank is not None:
            ranked.setdefault(rank, []).append(mapping)
    if not ranked:
        if named is not None:
            raise SourceNotUnderstood(
                f"the table {named} named for {logical} does not exist or lacks one of the "
                f"columns {', '.join(shape.columns[name][0] for name in sorted(shape.required))}."
            )
        return None
    best = ranked[min(ranked)]
    at_home = [mapping for mapping in best if mapping.table.schema == home]
    # The side tables of a second installation in another schema are not candidates: those
    # beside the users are meant. For the users themselves there is no home yet.
    candidates = at_home if home is not None and at_home else best
    if len(candidates) > 1:
        names = ", ".join(sorted(mapping.table.qualified_name for mapping in candidates))
        raise SourceAmbiguous(
            f"several tables could hold the {logical}: {names}. Expected one. "
            f"Name the right one: --table {logical}={candidates[0].table.qualified_name}"
        )
    return candidates[0]


def _rank(name: str, shape: shapes.TableShape) -> int | None:
    """Order candidates by how sure their name makes us; None = the name rules it out."""
    squashed = spelling.squash(name)
    known = [spelling.squash(known) for known in shape.names]
    if name in shape.names[:2]:
        return 0
    if squashed in known[:2]:
        return 1
    if squashed in known:
        return 2
    return 3 if shape.by_columns else None
