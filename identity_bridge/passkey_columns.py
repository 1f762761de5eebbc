"""The columns of AspNetUserPasskeys, read and written as Entity Framework does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from .aspnet import passkey_data
from .aspnet.errors import PasskeyDataError

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_DIALECTS: dict[str, passkey_data.Dialect] = {
    "postgresql": "postgresql",
    "mysql": "mysql",
    "microsoft": "mssql",
}


class PasskeyDataField(models.Field):  # type: ignore[type-arg]
    """AspNetUserPasskeys.Data: a :class:`~identity_bridge.aspnet.passkey_data.PasskeyData`.

    Written as EF's provider for the same database writes it: binary members in hex on SQLite,
    in base64 elsewhere. A row that somebody spoilt reads as
    :class:`~identity_bridge.aspnet.passkey_data.UnreadablePasskey`, so that the others of its
    user still serve; only what is given to the field is refused.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return {"postgresql": "jsonb", "mysql": "json", "microsoft": "nvarchar(max)"}.get(
            connection.vendor, "TEXT"
        )

    def from_db_value(
        self, value: Any, expression: Any, connection: Any
    ) -> passkey_data.PasskeyData | passkey_data.UnreadablePasskey | None:
        if value is None:
            return None
        try:
            return passkey_data.parse(value)
        except PasskeyDataError:
            return passkey_data.UnreadablePasskey(text=value)

    def to_python(self, value: Any) -> passkey_data.PasskeyData | None:
        if value is None or isinstance(value, passkey_data.PasskeyData):
            return value
        try:
            return passkey_data.parse(value)
        except PasskeyDataError as error:
            raise ValidationError(str(error), code=error.code) from error

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str | None:
        if isinstance(value, passkey_data.UnreadablePasskey):
            return value.text
        data = self.to_python(value)
        if data is None:
            return None
        return passkey_data.to_json(data, dialect=_DIALECTS.get(connection.vendor, "sqlite"))

    def value_to_string(self, obj: models.Model) -> str:
        data = self.value_from_object(obj)
        if isinstance(data, passkey_data.UnreadablePasskey):
            return data.text
        return "" if data is None else passkey_data.to_json(data, dialect="mssql")


class CredentialIdField(models.BinaryField):  # type: ignore[type-arg]
    """The raw id of a passkey, at most 1024 bytes, usable as a primary key everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **dict[str, Any]({"max_length": 1024} | kwargs))

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor == "mysql":
            return "varbinary(1024)"
        return super().db_type(connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else bytes(value)
