"""Model fields that read and write AspNet* columns as Entity Framework does.

Column types are those of facts about EF's providers: SQL Server aside, Npgsql for PostgreSQL,
Microsoft.EntityFrameworkCore.Sqlite, and Pomelo for MySQL and MariaDB. On the last two, text
that tells records apart has a binary, no-pad collation: ids that differ by case or by trailing
blanks are two ids in ASP.NET Core Identity.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .aspnet import date_times
from .aspnet.errors import DateTimeError
from .aspnet.stamps import new_id
from .collations import exact_collation, register_any_case
from .conf import get_settings
from .passkey_columns import CredentialIdField as CredentialIdField
from .passkey_columns import PasskeyDataField as PasskeyDataField
from .password_column import ASPNET_PREFIX as ASPNET_PREFIX
from .password_column import MEMBERSHIP_PREFIX as MEMBERSHIP_PREFIX
from .password_column import column_from_encoded as column_from_encoded
from .password_column import encoded_from_column as encoded_from_column

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class ExactCharField(models.CharField):  # type: ignore[type-arg]
    """Text of bounded length, compared byte by byte on every database."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "TEXT" if connection.vendor == "sqlite" else super().db_type(connection)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return super().db_parameters(connection) | {"collation": exact_collation(connection)}


class KeyPartField(ExactCharField):
    """Part of a composite key: LoginProvider, ProviderKey, Name.

    Unbounded where the database can index that (PostgreSQL, SQLite); 128 characters elsewhere,
    what schema versions 2 and 3 of .NET allow, so that a whole key fits into an index.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 128)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        # Upper case: Django adds a second index, for LIKE, to key columns of type "text".
        return "TEXT" if connection.vendor == "postgresql" else super().db_type(connection)


class ExactTextField(models.TextField):  # type: ignore[type-arg]
    """Text without a bound, compared byte by byte on every database."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return super().db_parameters(connection) | {"collation": exact_collation(connection)}


register_any_case(ExactCharField)
register_any_case(ExactTextField)


class FlagField(models.BooleanField):  # type: ignore[type-arg]
    """A boolean column; also reads MySQL's bit(1) and words that a tool wrote into SQLite."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "INTEGER" if connection.vendor == "sqlite" else super().db_type(connection)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, bytes):
            return any(value)
        if isinstance(value, str):
            return value.strip().lower() in {"1", "t", "true"}
        return bool(value)


class TextKeyField(models.CharField):  # type: ignore[type-arg]
    """What keys kept as text have in common: MySQL's rule for foreign keys to them.

    MySQL wants a foreign key to have the very type and collation of the key. A table that EF
    made keeps its own, so on MySQL both are read from the table where it exists.
    """

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return self._adopted(connection)[0] or super().rel_db_type(connection)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if collation := self._adopted(connection)[1]:
            parameters["collation"] = collation
        return parameters

    def _adopted(self, connection: BaseDatabaseWrapper) -> tuple[str | None, str | None]:
        if connection.vendor != "mysql":
            return None, None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COLUMN_TYPE, COLLATION_NAME FROM information_schema.COLUMNS"
                " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s AND COLUMN_NAME = %s",
                [self.model._meta.db_table, self.column],
            )
            return cursor.fetchone() or (None, None)


class StringKeyField(TextKeyField, ExactCharField):
    """A key that is any text; new ones are lower-case GUIDs, as IdentityUser() makes them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **dict[str, Any]({"max_length": 450, "default": new_id} | kwargs))

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor == "mysql" and self.model._meta.db_table == "AspNetRoles":
            # A membership's key is both ids, and an index of MySQL takes 768 characters.
            return "varchar(255)"
        # Upper case: see KeyPartField.
        return "TEXT" if connection.vendor == "postgresql" else super().db_type(connection)


class GuidKeyField(TextKeyField):
    """A GUID, in Python as .NET prints it: text, lower case, with dashes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **dict[str, Any]({"max_length": 36, "default": new_id} | kwargs))

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return {"postgresql": "uuid", "sqlite": "TEXT", "microsoft": "uniqueidentifier"}.get(
            connection.vendor, "char(36)"
        )

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql" and not parameters.get("collation"):
            parameters["collation"] = "ascii_general_ci"  # as Pomelo makes GUID columns
        return parameters

    def to_python(self, value: Any) -> str | None:
        if value is None:
            return None
        try:
            return str(value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)))
        except ValueError as error:
            raise ValidationError(
                _("“%(value)s” is not a GUID."), code="invalid", params={"value": value}
            ) from error

    def get_prep_value(self, value: Any) -> str | None:
        return self.to_python(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str | None:
        text = self.get_prep_value(value)
        # Microsoft.Data.Sqlite writes GUIDs in upper case and compares them as text.
        return text.upper() if text and connection.vendor == "sqlite" else text

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else str(value).lower()


class IntKeyField(models.AutoField):  # type: ignore[type-arg]
    """A 32-bit key made by the database."""


class BigIntKeyField(models.BigAutoField):  # type: ignore[type-arg]
    """A 64-bit key made by the database."""


_KEY_FIELDS: dict[str, type[models.Field[Any, Any]]] = {
    "string": StringKeyField,
    "guid": GuidKeyField,
    "int": IntKeyField,
    "bigint": BigIntKeyField,
}


def _deconstruct_as_key_field(
    self: models.Field[Any, Any],
) -> tuple[str, str, list[Any], dict[str, Any]]:
    name, _path, args, kwargs = models.Field.deconstruct(self)
    for implied in ("blank", "default", "max_length"):
        kwargs.pop(implied, None)
    return name, "identity_bridge.fields.key_field", list(args), kwargs


for _key_class in _KEY_FIELDS.values():
    # Migrations name key_field(), not the class, so the same ones serve every key type.
    _key_class.deconstruct = _deconstruct_as_key_field  # type: ignore[method-assign]


def key_field(**kwargs: Any) -> models.Field[Any, Any]:
    """Return the primary key field ``Id`` of the type that ``KEY_TYPE`` names."""
    key_type = get_settings().KEY_TYPE
    # An unknown type is reported by a system check; the models must load for it to run.
    key_class = _KEY_FIELDS.get(key_type, StringKeyField)
    return key_class(**dict[str, Any]({"primary_key": True, "db_column": "Id"} | kwargs))


class CascadeForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key named as EF names it, with ON DELETE CASCADE in the database itself.

    A .NET application on the same tables deletes the user's row and leaves the rest to the
    database. Django makes no constraint of its own (``db_constraint=False``).
    """

    def __init__(self, to: Any, on_delete: Any = models.CASCADE, **kwargs: Any) -> None:
        super().__init__(
            to, on_delete, **dict[str, Any](kwargs | {"db_constraint": False, "db_index": False})
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("db_constraint", "db_index"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor in {"postgresql", "sqlite"}:
            # MySQL allows no foreign key inside a column: migration_operations.AddCascades.
            constraint = f"{self.constraint_sql(connection)} DEFERRABLE INITIALLY DEFERRED"
            parameters["type"] = f"{parameters['type']} {constraint}"
        return parameters

    def constraint_sql(self, connection: BaseDatabaseWrapper, foreign_key: str = "") -> str:
        """Return the constraint's definition; ``foreign_key`` is the FOREIGN KEY (…) part."""
        quote = connection.ops.quote_name
        table = self.remote_field.model._meta.db_table
        name = f"FK_{self.model._meta.db_table}_{table}_{self.column}"[:64]
        return (
            f"CONSTRAINT {quote(name)} {foreign_key}REFERENCES {quote(table)} "
            f"({quote(self.target_field.column or self.target_field.name)}) ON DELETE CASCADE"
        )


class DateTimeOffsetField(models.DateTimeField):  # type: ignore[type-arg]
    """A DateTimeOffset: an aware ``datetime`` in UTC with microseconds.

    ``DateTimeOffset.MaxValue`` ("for ever", PostgreSQL's ``infinity``) reads as
    ``date_times.MAX_VALUE`` and is written back as .NET writes it; ``MinValue`` likewise. Text
    in a SQLite column that is no date reads as MAX_VALUE: a lock nobody can read stays a lock.
    """

    def get_internal_type(self) -> str:
        # Not "DateTimeField": Django's own converters cannot read these columns.
        return "DateTimeOffsetField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return {
            "postgresql": "timestamp with time zone",
            "mysql": "datetime(6)",
            "microsoft": "datetimeoffset(7)",
        }.get(connection.vendor, "TEXT")

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        if compiler.connection.vendor == "postgresql":
            # As text: psycopg cannot represent infinity.
            return f"({sql})::text", params
        return sql, params

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return date_times.clamp(aware)
        try:
            return date_times.parse(str(value))
        except DateTimeError:
            return date_times.MAX_VALUE

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            try:
                return date_times.parse(value)
            except DateTimeError:
                value = parse_datetime(value) or value
        result: datetime | None = super().to_python(value)
        if result is not None:
            aware = timezone.make_aware(result) if timezone.is_naive(result) else result
            return date_times.clamp(aware)
        return result

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(value) if value is not None else None

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        moment = self.to_python(value)
        if moment is None:
            return None
        if connection.vendor == "sqlite":
            return date_times.format_sqlite(moment)
        if connection.vendor == "postgresql":
            return {date_times.MAX_VALUE: "infinity", date_times.MIN_VALUE: "-infinity"}.get(
                moment, moment
            )
        if moment == date_times.MAX_VALUE:
            return "9999-12-31 23:59:59.999999"
        if moment == date_times.MIN_VALUE:
            return "0001-01-01 00:00:00"
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


class PasswordHashField(ExactTextField):
    """AspNetUsers.PasswordHash: the naked ASP.NET blob in the database, as .NET wants it.

    Python sees what Django's hashers expect: ``aspnet_identity$<blob>`` for anything that no
    Django hasher wrote, ``aspnet_membership$<hash|format|salt>`` for the Membership era, and
    Django's own encodings as they are. NULL, no password, is Django's unusable password.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return encoded_from_column(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # Django's unusable passwords are random, NULL is not: hashes over the user (of sessions,
        # of reset links) must not change when the row is read again.
        if str(getattr(model_instance, self.attname)).startswith("!"):
            setattr(model_instance, self.attname, "!")
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> str | None:
        return column_from_encoded(None if value is None else str(value))
