"""What the target database holds: read in sets, a statement for a batch, never one for a user."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connections, models

from identity_bridge.fields import PasswordHashField
from identity_bridge.models import (
    ImportedRecord,
    Role,
    RoleClaim,
    UndeclaredColumns,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)

from .issues import storable
from .records import CHILD_FIELDS, TARGET_TABLES, USER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHILD_MODELS: dict[str, type[models.Model]] = {
    "user_roles": UserRole,
    "user_claims": UserClaim,
    "user_logins": UserLogin,
    "user_tokens": UserToken,
    "user_passkeys": UserPasskey,
}

#: More first columns than this cost more than they save: every pair of values is looked up.
_FEW = 20


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Rows of one table from the lowest to the highest key, as the database sorts them."""

    where: str
    lowest: Any
    highest: Any
    kind: tuple[str, str] | None = None
    """One more column and its value: the first one of a key of two."""


class Target:
    """The tables of one database alias, read with plain SQL."""

    def __init__(self, using: str, custom_fields: Sequence[str] = ()) -> None:
        self.using = using
        self.connection = connections[using]
        self.user_model = get_user_model()
        self.user_fields = (*USER_FIELDS, *custom_fields)

    @property
    def vendor(self) -> str:
        return self.connection.vendor

    def fields(
        self, model: type[models.Model], names: Iterable[str]
    ) -> list[models.Field[Any, Any]]:
        by_attname = {field.attname: field for field in model._meta.concrete_fields}
        return [by_attname[name] for name in names]

    def select(
        self,
        model: type[models.Model],
        names: Sequence[str],
        *,
        where: str,
        among: Sequence[Any],
        order_by: Sequence[str] = (),
        within: tuple[str, Iterable[str]] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Return rows whose column ``where`` is among the values, in Python's types.

        ``within`` is one more column and its few values: the first one of a key of two, without
        which the database would walk through the whole index. Passwords come as the naked text
        of their column.
        """
        among = self._possible(among)
        first = self._possible(set(within[1])) if within is not None else []
        if not among or (within is not None and not first):
            return []
        (condition,) = self.fields(model, [where])
        sql, parameters = self._among(condition, among)
        if within is not None and len(first) <= _FEW:
            (condition,) = self.fields(model, [within[0]])
            few, values = self._among(condition, first)
            sql, parameters = f"{few} AND {sql}", [*values, *parameters]
        if order_by:
            quote = self.connection.ops.quote_name
            sql += f" ORDER BY {', '.join(map(quote, self._columns(model, order_by)))}"
        return self._rows(model, names, sql, parameters)

    def select_range(
        self, model: type[models.Model], names: Sequence[str], *, keys: KeyRange
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a range of keys, in Python's types; see ``KeyRange``."""
        return self._rows(model, names, *self.in_range(model, keys))

    def in_range(self, model: type[models.Model], keys: KeyRange) -> tuple[str, list[Any]]:
        """Return the condition that a row belongs to a range of keys, and its parameters."""
        quote = self.connection.ops.quote_name
        sql, parameters = [], []
        if keys.kind is not None:
            sql.append(f"{quote(self._columns(model, [keys.kind[0]])[0])} = %s")
            parameters.append(keys.kind[1])
        (field,) = self.fields(model, [keys.where])
        sql.append(f"{quote(field.column or '')} BETWEEN %s AND %s")
        for one in (keys.lowest, keys.highest):
            parameters.append(field.get_db_prep_value(one, self.connection))
        return " AND ".join(sql), parameters

    def _rows(
        self, model: type[models.Model], names: Sequence[str], where: str, parameters: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        fields = self.fields(model, names)
        quote = self.connection.ops.quote_name
        compiler = model._default_manager.using(self.using).query.get_compiler(self.using)
        columns = []
        for field in fields:
            sql = quote(field.column or "")
            output = field.target_field if isinstance(field, models.ForeignKey) else field
            columns.append(output.select_format(compiler, sql, ())[0])
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(columns)} FROM {quote(model._meta.db_table)} "  # noqa: S608
                f"WHERE {where}",
                parameters,
            )
            rows = cursor.fetchall()
        converters = [self._converter(field) for field in fields]
        wanted = [(at, convert) for at, convert in enumerate(converters) if convert is not None]
        if not wanted:
            return [tuple(row) for row in rows]
        result = []
        for row in rows:
            values = list(row)
            for at, convert in wanted:
                values[at] = convert(values[at])
            result.append(tuple(values))
        return result

    def _possible(self, values: Iterable[Any]) -> list[Any]:
        """Leave out what PostgreSQL has in no row and would refuse the whole question for."""
        if self.vendor != "postgresql":
            return list(values)
        return [one for one in values if not isinstance(one, str) or storable(one) == one]

    def _columns(self, model: type[models.Model], names: Sequence[str]) -> list[str]:
        return [field.column or "" for field in self.fields(model, names)]

    def _among(self, field: models.Field[Any, Any], values: Sequence[Any]) -> tuple[str, list[Any]]:
        """Return the condition that a column is one of many values, in one statement."""
        column = self.connection.ops.quote_name(field.column or "")
        if len(values) == 1:
            return f"{column} = %s", [field.get_db_prep_value(values[0], self.connection)]
        prepared = [field.get_db_prep_value(value, self.connection) for value in values]
        if self.vendor == "postgresql":
            base = field.target_field if isinstance(field, models.ForeignKey) else field
            kind = base.rel_db_type(self.connection)
            if isinstance(base, models.CharField) and kind != "uuid":
                kind = "text"  # a cast to varchar(n) would cut silently
            return f"{column} = ANY(%s::{kind}[])", [prepared]
        if self.vendor == "sqlite" and not isinstance(prepared[0], bytes | memoryview):
            array = "SELECT value FROM json_each(%s)"
            return f"{column} IN ({array})", [json.dumps(prepared)]
        return f"{column} IN ({', '.join(['%s'] * len(prepared))})", prepared

    def _converter(self, field: models.Field[Any, Any]) -> Any:
        output = field.target_field if isinstance(field, models.ForeignKey) else field
        if isinstance(output, PasswordHashField):
            return None
        expression = models.expressions.Col("", output)
        backend = self.connection.ops.get_db_converters(expression)
        own = output.get_db_converters(self.connection)
        if not backend and not own:
            return None

        def convert(value: Any) -> Any:
            for step in (*backend, *own):
                value = step(value, expression, self.connection)
            return value

        return convert

    # What a batch needs to know

    def records(self, kind: str, keys: Sequence[str]) -> dict[str, tuple[bytes, int | None]]:
        """Return the fingerprints and creating runs of records imported before, by key."""
        if not keys:
            return {}
        rows = self.select(
            ImportedRecord,
            ["key", "fingerprint", "run_id"],
            where="key",
            among=keys,
            within=("kind", [kind]),
        )
        return {key: (bytes(stored), run) for key, stored, run in rows}

    def existing_users(self, keys: Sequence[Any]) -> set[Any]:
        return {row[0] for row in self.select(self.user_model, ["id"], where="id", among=keys)}

    def trusted_users(self, keys: Sequence[Any]) -> set[Any]:
        """Return those of the users that have rights in Django, whoever gave them."""
        if not keys:
            return set()
        users = self.user_model._default_manager.using(self.using).filter(pk__in=keys)
        return set(
            users.filter(
                models.Q(is_staff=True)
                | models.Q(is_superuser=True)
                | models.Q(user_permissions__isnull=False)
                | models.Q(groups__isnull=False)
                | models.Q(roles__permissions__isnull=False)
            ).values_list("pk", flat=True)
        )

    def owners_of_names(self, column: str, names: Sequence[str]) -> dict[str, Any]:
        """Return who has these user names (``username`` or ``normalized_username``)."""
        rows = self.select(self.user_model, [column, "id"], where=column, among=names)
        return dict(rows)

    def owners_of_emails(self, emails: Sequence[str]) -> dict[str, Any]:
        rows = self.select(
            self.user_model, ["normalized_email", "id"], where="normalized_email", among=emails
        )
        return dict(rows)

    def owners_of_logins(self, logins: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        """Return who has these external logins (provider and key), and perhaps others."""
        logins = set(logins)
        rows = self.select(
            UserLogin,
            ["login_provider", "provider_key", "user_id"],
            where="provider_key",
            among=list({key for _provider, key in logins}),
            within=("login_provider", {provider for provider, _key in logins}),
        )
        return {(provider, key): user for provider, key, user in rows}

    def owners_of_passkeys(self, ids: Sequence[bytes]) -> dict[bytes, Any]:
        rows = self.select(
            UserPasskey, ["credential_id", "user_id"], where="credential_id", among=ids
        )
        return {bytes(credential): user for credential, user in rows}

    def users(self, keys: Sequence[Any]) -> dict[Any, list[Any]]:
        """Return users' values in the order of the import's fields, by key."""
        rows = self.select(self.user_model, self.user_fields, where="id", among=keys)
        return {row[0]: list(row) for row in rows}

    def children(self, table: str, keys: Sequence[Any]) -> dict[Any, list[tuple[Any, ...]]]:
        """Return the rows of a side table by user, as the plan makes them."""
        rows = self.select(CHILD_MODELS[table], CHILD_FIELDS[table], where="user_id", among=keys)
        result: dict[Any, list[tuple[Any, ...]]] = {}
        for row in map(self.planned_passkey, rows) if table == "user_passkeys" else rows:
            result.setdefault(row[0], []).append(row)
        return result

    def planned_passkey(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of passkeys as the plan makes it."""
        from identity_bridge.aspnet import passkey_data

        data = passkey_data.to_json(row[2], dialect=self.passkey_dialect)  # type: ignore[arg-type]
        return (row[0], bytes(row[1]), data)

    def undeclared(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return what no field of a user takes, by key."""
        rows = self.select(
            UndeclaredColumns,
            ["key", "columns"],
            where="key",
            among=keys,
            within=("table", [TARGET_TABLES["users"]]),
        )
        return dict(rows)

    @property
    def passkey_dialect(self) -> str:
        return {"postgresql": "postgresql", "mysql": "mysql", "microsoft": "mssql"}.get(
            self.vendor, "sqlite"
        )

    def refresh_statistics(self) -> None:
        """Tell PostgreSQL's planner what the tables hold now.

        Without it the look-ups of the verification, and the first logins, may read whole tables.
        """
        if self.vendor != "postgresql":
            return
        written: list[type[models.Model]] = [self.user_model, ImportedRecord]
        written += CHILD_MODELS.values()
        quote = self.connection.ops.quote_name
        names = ", ".join(quote(model._meta.db_table) for model in written)
        with self.connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")

    def counts(self) -> dict[str, int]:
        """Return the rows of each table now."""
        everything: dict[str, type[models.Model]] = {
            "users": self.user_model,
            "roles": Role,
            "role_claims": RoleClaim,
        }
        return {
            name: model._default_manager.using(self.using).count()
            for name, model in {**everything, **CHILD_MODELS}.items()
        }
