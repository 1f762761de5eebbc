"""What must be known of a source's keys before rows are read by ranges of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from identity_bridge.importing.sources.columns import CHILD_ORDER
from identity_bridge.importing.sources.statements import KeyRules

if TYPE_CHECKING:
    from collections.abc import Callable

    from identity_bridge.importing.layout import SourceLayout
    from identity_bridge.importing.sources.session import Session
    from identity_bridge.importing.sources.tables import TableMapping

SAMPLE_SIZE = 500
"""Keys looked at from either end to tell Guids from strings where types do not."""


def sample_ids(session: Session, users: TableMapping) -> list[object]:
    """Return the first and the last keys of the users."""
    column: sa.ColumnClause[Any] = sa.column(users.columns["id"])
    statement = sa.select(column).select_from(bare(users)).limit(SAMPLE_SIZE)
    rows = session.fetch(statement.order_by(column))
    rows += session.fetch(statement.order_by(column.desc()))
    return [row[0] for row in rows if row[0] is not None]


def key_rules(
    session: Session, layout: SourceLayout, mapping_of: Callable[[str], TableMapping | None]
) -> KeyRules:
    """Return how keys of this source are compared."""
    key = layout.user_table.table.column(layout.user_table.columns["id"])
    text = layout.key_type == "string" or key.type_name.lower().startswith("char")
    both = (
        layout.dialect == "sqlite"
        and layout.key_type == "guid"
        and _guids_in_both_cases(session, mapping_of)
    )
    return KeyRules(
        dialect=layout.dialect,
        key_type=layout.key_type,
        collation=key.collation if text else None,
        fold_case=both,
    )


def _guids_in_both_cases(
    session: Session, mapping_of: Callable[[str], TableMapping | None]
) -> bool:
    """Whether SQLite, comparing bytes, would miss the owner of some row."""
    cases: set[str] = set()
    owners = {"users": "id", "roles": "id"} | {
        logical: order[0] for logical, order in CHILD_ORDER.items()
    }
    for logical, owner in owners.items():
        mapping = mapping_of(logical)
        if mapping is None:
            continue
        column: sa.ColumnClause[Any] = sa.column(mapping.columns[owner])
        for case, fold in (("lower", sa.func.lower), ("upper", sa.func.upper)):
            other = sa.select(column).select_from(bare(mapping)).where(column != fold(column))
            if case not in cases and session.fetch(other.limit(1)):
                cases.add(case)
    return len(cases) == 2


def bare(mapping: TableMapping) -> sa.TableClause:
    """Return a table without its columns, for queries about all of it."""
    return sa.table(mapping.table.name, schema=mapping.table.schema)
