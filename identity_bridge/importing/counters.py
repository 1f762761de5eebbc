"""Rows counted by what became of them. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .records import TARGET_TABLES


@dataclass(slots=True)
class TableCount:
    """What became of the source's rows of one table."""

    source: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    removed: int = 0
    """Rows of the target that the source no longer has and Django had not touched."""

    @property
    def accounted(self) -> int:
        return self.created + self.updated + self.unchanged + self.skipped + self.failed


class Counters:
    """A count for each logical table."""

    def __init__(self) -> None:
        self.tables = {name: TableCount() for name in TARGET_TABLES}

    def add(self, table: str, **numbers: int) -> None:
        count = self.tables[table]
        for name, number in numbers.items():
            setattr(count, name, getattr(count, name) + number)

    def as_dict(self) -> dict[str, Any]:
        return {TARGET_TABLES[name]: asdict(count) for name, count in self.tables.items()}
