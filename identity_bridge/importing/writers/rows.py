"""INSERT of many rows, for SQLite, MySQL and MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from identity_bridge.fields import PasswordHashField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from identity_bridge.importing.target import Target


class RowWriter:
    """Writes with one prepared INSERT for all rows of a batch."""

    def __init__(self, target: Target) -> None:
        self._target = target

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
        connection = self._target.connection
        quote = connection.ops.quote_name
        found = self._target.fields(model, fields)
        adapters = [self._adapter(field) for field in found]
        adapting = [(at, adapt) for at, adapt in enumerate(adapters) if adapt is not None]
        if adapting:
            adapted = []
            for row in rows:
                values = list(row)
                for at, adapt in adapting:
                    if values[at] is not None:
                        values[at] = adapt(values[at])
                adapted.append(values)
            rows = adapted
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {quote(model._meta.db_table)} "  # noqa: S608
                f"({', '.join(quote(field.column or '') for field in found)}) "
                f"VALUES ({', '.join(['%s'] * len(found))})",
                rows,
            )

    def _adapter(self, field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
        """Return what makes a Python value one of the driver's; None where it is one."""
        output = field.target_field if isinstance(field, models.ForeignKey) else field
        if isinstance(output, PasswordHashField):
            return None  # the import holds the naked text already
        if type(output).get_db_prep_value is models.Field.get_db_prep_value and isinstance(
            output, models.CharField | models.TextField | models.BooleanField | models.IntegerField
        ):
            return None
        connection = self._target.connection
        return lambda value: output.get_db_prep_save(value, connection)
