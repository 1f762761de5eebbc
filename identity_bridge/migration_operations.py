"""Migration operations for what Django's own cannot do to the AspNet tables.

Django changes most of a SQLite table by copying it into a new one that has only the columns it
knows. An adopted AspNetUsers table may have columns that nobody declared: they must survive, so
nothing here rebuilds a table. And nothing here fails on what is there already: an ApplicationUser
may have had a column IsActive all along.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from .fields import CascadeForeignKey

if TYPE_CHECKING:
    from collections.abc import Iterator


def column_definition(schema_editor: Any, model: Any, field: Any) -> str:
    """Return what stands after the column's name in ALTER TABLE … ADD COLUMN."""
    definition, _params = schema_editor.column_sql(model, field, include_default=False)
    if field.has_db_default():
        # column_sql leaves a parameter for it on some databases, nothing at all on others.
        literal = str(
            schema_editor.quote_value(getattr(field.db_default, "value", field.db_default))
        )
        if "DEFAULT" not in definition.upper():
            definition = f"{definition} DEFAULT {literal}"
        definition = definition.replace("%s", literal)
    return str(definition)


def add_column(schema_editor: Any, model: Any, field: Any) -> None:
    """Add the column by ALTER TABLE ADD COLUMN, unless the table has it."""
    if field.column in _columns(schema_editor, model._meta.db_table):
        return
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.add_field(model, field)
        return
    quote = schema_editor.quote_name
    schema_editor.execute(
        f"ALTER TABLE {quote(model._meta.db_table)} ADD COLUMN "
        f"{quote(field.column)} {column_definition(schema_editor, model, field)}",
        params=None,
    )


def add_unique_index(schema_editor: Any, model: Any, constraint: Any) -> None:
    """Make the columns unique, unless they are; on SQLite by a unique index."""
    table = model._meta.db_table
    columns = [model._meta.get_field(name).column for name in constraint.fields]
    if columns in _unique_columns(schema_editor, table):
        return
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.add_constraint(model, constraint)
        return
    quote = schema_editor.quote_name
    schema_editor.execute(
        f"CREATE UNIQUE INDEX {quote(constraint.name)} "
        f"ON {quote(table)} ({', '.join(map(quote, columns))})"
    )


def _columns(schema_editor: Any, table: str) -> set[str]:
    if schema_editor.collect_sql:  # sqlmigrate: the table need not exist
        return set()
    introspection = schema_editor.connection.introspection
    with schema_editor.connection.cursor() as cursor:
        return {column.name for column in introspection.get_table_description(cursor, table)}


def _unique_columns(schema_editor: Any, table: str) -> list[list[str]]:
    if schema_editor.collect_sql:
        return []
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, table)
    return [entry["columns"] for entry in found.values() if entry["unique"]]


def _tables(schema_editor: Any) -> set[str]:
    return (
        set()
        if schema_editor.collect_sql
        else set(schema_editor.connection.introspection.table_names())
    )


@contextmanager
def _cascading(schema_editor: Any) -> Iterator[None]:
    """Let the foreign keys made meanwhile have ON DELETE CASCADE in the database."""
    templates = ("sql_create_fk", "sql_create_inline_fk", "sql_create_column_inline_fk")
    for name in templates:
        if template := getattr(schema_editor, name):
            cascading = template.replace("(%(to_column)s)", "(%(to_column)s) ON DELETE CASCADE")
            # Django 6.1 has a place of its own for the clause.
            setattr(schema_editor, name, cascading.replace("%(on_delete_db)s", ""))
    try:
        yield
    finally:
        for name in templates:
            schema_editor.__dict__.pop(name, None)


class AddColumn(migrations.AddField):
    """AddField by ALTER TABLE ADD COLUMN; the column is nullable or has a constant default."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            add_column(schema_editor, model, model._meta.get_field(self.name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Leave the column: it may have been there before, and .NET does not mind it."""


class AddUniqueIndex(migrations.AddConstraint):
    """AddConstraint of a UniqueConstraint; on SQLite a unique index of the same name."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            add_unique_index(schema_editor, model, self.constraint)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            name = schema_editor.quote_name(self.constraint.name)
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class AddManyToMany(migrations.AddField):
    """AddField of a ManyToManyField whose table loses a deleted user's or role's rows by itself.

    A .NET application deletes a user without knowing that table.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        with _cascading(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class CompleteUserModel(Operation):
    """Add what Django needs to the table of a project's own user model, where it is missing.

    ``migrate --fake-initial`` takes the migration that creates such a model as done when the
    table exists, be it without IsActive, IsStaff and the rest. Does nothing without a custom
    user model, and nothing to a table that Django created.
    """

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        user_label, user_name = settings.AUTH_USER_MODEL.split(".")
        if user_label == app_label:
            return
        model = to_state.apps.get_model(user_label, user_name)
        if model._meta.db_table != "AspNetUsers" or not self.allow_migrate_model(
            schema_editor.connection.alias, model
        ):
            return
        tables = _tables(schema_editor)
        for name in ("is_active", "is_staff", "is_superuser", "last_login", "date_joined"):
            add_column(schema_editor, model, model._meta.get_field(name))
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields == (
                "username",
            ):
                add_unique_index(schema_editor, model, constraint)
        for name in ("groups", "user_permissions"):
            through = model._meta.get_field(name).remote_field.through
            if through._meta.db_table not in tables:
                with _cascading(schema_editor):
                    schema_editor.create_model(through)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """The table is another app's; its columns stay."""

    def describe(self) -> str:
        return "Complete the table of the project's own user model"


class AddCascades(Operation):
    """Add the foreign keys of the named models on MySQL, which takes none inside a column."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_names: list[str]) -> None:
        self.model_names = model_names

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        connection = schema_editor.connection
        if connection.vendor != "mysql":
            return
        for name in self.model_names:
            model = to_state.apps.get_model(app_label, name)
            if not self.allow_migrate_model(connection.alias, model):
                continue
            for field in model._meta.local_fields:
                if isinstance(field, CascadeForeignKey):
                    schema_editor.execute(self.statement(schema_editor, model, field))

    @staticmethod
    def statement(schema_editor: Any, model: Any, field: CascadeForeignKey) -> str:
        """Return the ALTER TABLE that adds one foreign key."""
        quote = schema_editor.quote_name
        constraint = field.constraint_sql(
            schema_editor.connection, f"FOREIGN KEY ({quote(field.column)}) "
        )
        return f"ALTER TABLE {quote(model._meta.db_table)} ADD {constraint}"

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """The tables go, and their foreign keys with them."""

    def describe(self) -> str:
        return f"Add foreign keys of {', '.join(self.model_names)}"
