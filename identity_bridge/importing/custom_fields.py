"""Fields of a project's own user model that take columns of the source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models

from .plan import CustomField
from .records import USER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .layout import TableMapping

_NOT_CUSTOM = frozenset({*USER_FIELDS, "last_login"})


def custom_fields_of(users: TableMapping) -> list[tuple[str, CustomField]]:
    """Return (attribute, field) for each custom column that the user model declares.

    A column belongs to the field of its name; upper and lower case are one, as in SQL Server.
    Fields that the source has no column for get their default.
    """
    columns = {column.name.lower(): column.name for column in users.custom_columns}
    found = []
    for field in get_user_model()._meta.concrete_fields:
        if field.attname in _NOT_CUSTOM:
            continue
        column = columns.get((field.column or "").lower())
        default = field.get_default()
        found.append(
            (
                field.attname,
                CustomField(column=column or "", convert=_converter(field), default=default),
            )
        )
    return found


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes a source's value one of the field; it never loses the value."""

    def convert(value: Any) -> Any:
        try:
            if isinstance(field, models.JSONField) and isinstance(value, str):
                return json.loads(value)
            return field.to_python(value)
        except ValidationError as error:
            raise ValueError(str(error)) from None

    return convert


def declared_names() -> list[str]:
    """Return the attributes of the user model beyond Identity's own."""
    return [
        field.attname
        for field in get_user_model()._meta.concrete_fields
        if field.attname not in _NOT_CUSTOM
    ]
