"""COPY … FROM STDIN in the text format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity_bridge.importing.records import copy_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db import models

    from identity_bridge.importing.target import Target

#: Bytes handed to the server at once.
_CHUNK = 1 << 20


class CopyWriter:
    """Writes with COPY; the constraints of the table are checked as for any INSERT."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._statements: dict[tuple[str, tuple[str, ...]], str] = {}

    def insert(
        self,
        model: type[models.Model],
        fields: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        lines: Sequence[bytes] | None = None,
    ) -> None:
        if not rows:
            return
        key = (model._meta.db_table, tuple(fields))
        if key not in self._statements:
            quote = self._target.connection.ops.quote_name
            columns = [quote(field.column or "") for field in self._target.fields(model, fields)]
            self._statements[key] = (
                f"COPY {quote(model._meta.db_table)} ({', '.join(columns)}) FROM STDIN"
            )
        if lines is None:
            lines = [copy_line(tuple(row)) for row in rows]
        self._commit_without_waiting()
        with (
            # copy() is psycopg's own: Django translates no error of it otherwise.
            self._target.connection.wrap_database_errors,
            self._target.connection.cursor() as cursor,
            cursor.cursor.copy(self._statements[key]) as copy,
        ):
            data = b"\n".join(lines) + b"\n"
            for start in range(0, len(data), _CHUNK):
                copy.write(data[start : start + _CHUNK])

    def _commit_without_waiting(self) -> None:
        """Do not wait for the disk at the end of this transaction.

        A server that crashes may lose the last batches, each whole with its fingerprints: the
        next run brings them in again.
        """
        if self._target.connection.in_atomic_block:
            with self._target.connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
