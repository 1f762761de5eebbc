"""What the models of this project expect of a database, as :class:`schema.Table` values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import models

from identity_bridge.fields import CascadeForeignKey
from identity_bridge.migration_operations import AddCascades, column_definition
from identity_bridge.models import (
    AbstractIdentityUser,
    Role,
    RoleClaim,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)

from .schema import Column, ForeignKey, Index, Schema, Table

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def aspnet_models() -> tuple[type[models.Model], ...]:
    """Return the models of the AspNet tables, the user model of the project among them."""
    user = get_user_model()
    return (user, Role, RoleClaim, UserClaim, UserLogin, UserRole, UserToken, UserPasskey)


def expected_schema(connection: BaseDatabaseWrapper) -> Schema:
    """Return the tables as ``migrate`` would make them in this database."""
    return Schema(
        vendor=connection.vendor,
        tables=tuple(_table(connection, model) for model in aspnet_models()),
    )


def key_columns() -> frozenset[tuple[str, str]]:
    """Return the (table, column) pairs whose type is KEY_TYPE's."""
    found = set()
    for model in aspnet_models():
        for field in model._meta.local_concrete_fields:
            own_key = model in {get_user_model(), Role} and field.primary_key
            if field.column and (own_key or isinstance(field, CascadeForeignKey)):
                found.add((model._meta.db_table, field.column))
    return frozenset(found)


def _editor(connection: BaseDatabaseWrapper) -> Any:
    # Not entered: it only spells SQL, and SQLite's refuses to be entered in a transaction.
    editor: Any = connection.schema_editor(collect_sql=True, atomic=False)
    editor.deferred_sql = []
    return editor


def _table(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Table:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if field.column]
    return Table(
        name=meta.db_table,
        columns=tuple(_column(connection, model, field) for field in fields),
        primary_key=tuple(str(field.column) for field in meta.pk_fields),
        indexes=tuple(_indexes(model)),
        foreign_keys=tuple(
            ForeignKey(
                name=f"FK_{meta.db_table}_{field.remote_field.model._meta.db_table}_{field.column}",
                column=field.column,
                target_table=field.remote_field.model._meta.db_table,
                target_column=str(field.target_field.column),
                on_delete="CASCADE",
            )
            for field in fields
            if isinstance(field, CascadeForeignKey)
        ),
        create=_create(connection, model),
        created_by_migrate=model is UserPasskey,
    )


def _django_only(model: type[models.Model]) -> frozenset[str]:
    if issubclass(model, AbstractIdentityUser):
        return AbstractIdentityUser.DJANGO_ONLY_FIELDS
    return frozenset()


def _column(connection: BaseDatabaseWrapper, model: type[models.Model], field: Any) -> Column:
    default = None
    if field.has_db_default():
        default = str(_editor(connection).quote_value(getattr(field.db_default, "value", None)))
    return Column(
        name=field.column,
        type=field.db_type(connection) or "",
        nullable=field.null,
        default=default,
        definition=column_definition(_editor(connection), model, field),
        django_only=field.name in _django_only(model),
    )


def _indexes(model: type[models.Model]) -> list[Index]:
    def columns(names: Any) -> tuple[str, ...]:
        fields: list[Any] = [model._meta.get_field(name) for name in names]
        return tuple(str(field.column) for field in fields)

    found = [Index(name=index.name, columns=columns(index.fields)) for index in model._meta.indexes]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            found.append(
                Index(
                    name=constraint.name,
                    columns=columns(constraint.fields),
                    unique=True,
                    django_only=constraint.fields == ("username",),
                )
            )
    return found


def _create(connection: BaseDatabaseWrapper, model: type[models.Model]) -> tuple[str, ...]:
    editor = _editor(connection)
    editor.create_model(model)
    if connection.vendor == "mysql":
        for field in model._meta.local_fields:
            if isinstance(field, CascadeForeignKey):
                editor.execute(AddCascades.statement(editor, model, field))
    statements = [*editor.collected_sql, *(f"{statement};" for statement in editor.deferred_sql)]
    # The tables of Django's own relations are made by migrate.
    return tuple(text for text in statements if "identity_bridge_" not in text)
