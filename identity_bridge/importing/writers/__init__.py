"""How rows get into the target: COPY on PostgreSQL, multi-row INSERT elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from django.db import models

    from identity_bridge.importing.target import Target

__all__ = ["Writer", "writer_for"]


class Writer(Protocol):
    """Writes rows of one table; runs inside the batch's transaction."""

    def insert(
        self,
        model: type[models.Model],
        fields: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        lines: Sequence[bytes] | None = None,
    ) -> None:
        """Insert the rows. ``lines`` are the same rows as lines of COPY, where made already."""


def writer_for(target: Target) -> Writer:
    """Return the fastest writer for a target."""
    if target.vendor == "postgresql":
        from .postgresql import CopyWriter

        return CopyWriter(target)
    from .rows import RowWriter

    return RowWriter(target)
