"""The source of a user model for the custom columns of a database."""

from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.importing.emit_model import TAKEN_NAMES, emit_model, field_name
from identity_bridge.importing.layout import ColumnInfo, TableInfo, recognise
from identity_bridge.importing.sources import open_source
from tests.databases import fixture_source

CORE = "Id UserName NormalizedUserName PasswordHash SecurityStamp"


def emitted(*columns, dialect="postgresql"):
    own = tuple(ColumnInfo(name, "text") for name in CORE.split())
    table = TableInfo(None, "AspNetUsers", own + columns)
    return emit_model(recognise([table], dialect))


def fields_of(source):
    """Return attribute -> (field class, options) of the emitted class; it must compile."""
    compile(source, "models.py", "exec")
    (model,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    return {
        node.targets[0].id: (
            node.value.func.attr,
            {option.arg: ast.unparse(option.value) for option in node.value.keywords},
        )
        for node in model.body
        if isinstance(node, ast.Assign)
    }


def emitted_for(name):
    with fixture_source(name) as spec, open_source(spec) as source:
        return emit_model(source.layout)


@pytest.mark.contract
def test_the_model_of_pg_custom_user_has_its_columns_with_their_types():
    fields = fields_of(emitted_for("pg_custom_user"))
    assert {name: kind for name, (kind, _) in fields.items()} == {
        "first_name": "CharField",
        "last_name": "TextField",
        "tenant_id": "IntegerField",
        "date_of_birth": "DateField",
        "balance": "DecimalField",
        "created_at": "DateTimeField",
        "preferences": "JSONField",
        "kind": "CharField",
        "avatar": "BinaryField",
        "discriminator": "CharField",
        "employee_number": "TextField",
        "manager_id": "UUIDField",
    }
    balance = fields["balance"][1]
    assert (balance["max_digits"], balance["decimal_places"]) == ("18", "4")
    assert fields["first_name"][1]["max_length"] == "100"
    assert fields["first_name"][1]["db_column"] == "'FirstName'"
    assert "null" not in fields["first_name"][1]
    assert fields["date_of_birth"][1]["null"] == "True"


@pytest.mark.contract
def test_the_model_of_sqlite_custom_user_says_what_text_may_hide():
    source = emitted_for("sqlite_custom_user")
    fields = fields_of(source)
    assert fields["tenant_id"][0] == "IntegerField"
    assert fields["avatar"][0] == "BinaryField"
    assert fields["balance"][0] == "TextField"
    assert set(fields) == {
        "first_name", "last_name", "tenant_id", "date_of_birth", "balance", "created_at",
        "preferences", "kind", "avatar", "discriminator", "employee_number", "manager_id",
    }  # fmt: skip
    assert "TEXT on SQLite" in source


@pytest.mark.contract
def test_the_emitted_class_is_a_django_model():
    """Django itself accepts it: fields, columns and system checks."""
    pytest.importorskip("django").conf.settings.INSTALLED_APPS  # noqa: B018
    from django.apps import apps
    from django.test.utils import isolate_apps

    source = emitted_for("sqlite_custom_user")
    with isolate_apps("identity_bridge"):
        namespace = {"__name__": "identity_bridge.emitted"}
        exec(compile(source, "models.py", "exec"), namespace)
        model = namespace["ApplicationUser"]
        columns = {field.column for field in model._meta.local_fields}
    assert apps.is_installed("identity_bridge")
    assert {"FirstName", "TenantId", "Balance", "Discriminator", "UserName"} <= columns
    assert model._meta.db_table == "AspNetUsers"


@pytest.mark.parametrize(
    ("type_name", "dialect", "expected"),
    [
        ("BOOLEAN", "postgresql", "BooleanField"),
        ("bit", "mssql", "BooleanField"),
        ("tinyint(1)", "mysql", "BooleanField"),
        ("TINYINT", "mssql", "SmallIntegerField"),
        ("BIGINT", "mssql", "BigIntegerField"),
        ("DOUBLE PRECISION", "postgresql", "FloatField"),
        ("money", "mssql", "DecimalField"),
        ("TIMESTAMP WITH TIME ZONE", "postgresql", "DateTimeField"),
        ("DATETIMEOFFSET(7)", "mssql", "DateTimeField"),
        ("datetime(6)", "mysql", "DateTimeField"),
        ("TIME(7)", "mssql", "TimeField"),
        ("INTERVAL", "postgresql", "DurationField"),
        ("JSONB", "postgresql", "JSONField"),
        ("TEXT[]", "postgresql", "JSONField"),
        ("UNIQUEIDENTIFIER", "mssql", "UUIDField"),
        ("char(36)", "mysql", "UUIDField"),
        ("char(36)", "postgresql", "CharField"),
        ("VARBINARY(max)", "mssql", "BinaryField"),
        ("NVARCHAR(max)", "mssql", "TextField"),
        ("NVARCHAR(64)", "mssql", "CharField"),
        ("longtext", "mysql", "TextField"),
        ("mood", "postgresql", "TextField"),
        ("", "sqlite", "TextField"),
    ],
)
def test_types_of_each_database_become_fields(type_name, dialect, expected):
    fields = fields_of(emitted(ColumnInfo("Extra", type_name), dialect=dialect))
    assert fields["extra"][0] == expected


def test_a_bool_on_sqlite_is_known_by_its_name():
    fields = fields_of(
        emitted(ColumnInfo("IsVip", "INTEGER"), ColumnInfo("Island", "TEXT"), dialect="sqlite")
    )
    assert fields["is_vip"][0] == "BooleanField"
    assert fields["island"][0] == "TextField"


def test_columns_that_django_users_have_anyway_are_not_declared_twice():
    source = emitted(ColumnInfo("IsActive", "bit"), ColumnInfo("LastLogin", "datetime"))
    assert fields_of(source) == {}
    assert "# LastLogin: AbstractIdentityUser has this column." in source


def test_a_database_without_custom_columns_gives_a_class_that_says_so():
    source = emitted()
    assert fields_of(source) == {}
    assert "no columns of its own" in source


def test_required_columns_get_a_default_or_a_note():
    source = emitted(
        ColumnInfo("Level", "integer", nullable=False),
        ColumnInfo("Parent", "uuid", nullable=False),
    )
    fields = fields_of(source)
    assert fields["level"][1]["default"] == "0"
    assert "default" not in fields["parent"][1]
    assert "choose one for new users" in source
    assert "every new user needs a value" in source


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("FirstName", "first_name"),
        ("class", "custom_class"),
        ("Roles", "custom_roles"),
        ("2ndEmail", "column_2nd_email"),
        ("Straße", "stra_e"),
        ("a__b_", "a_b"),
        ("!!", "column"),
    ],
)
def test_names_are_valid_and_free(column, expected):
    assert field_name(column) == expected


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4, unique=True))
def test_any_column_names_give_a_class_that_compiles(names):
    names = [name for name in names if name not in CORE.split()]
    source = emitted(*(ColumnInfo(name, "text", nullable=False) for name in names))
    fields = fields_of(source)
    columns = {ast.literal_eval(options["db_column"]) for _, options in fields.values()}
    assert columns <= set(names)
    for name in fields:
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert "__" not in name
        assert not name.endswith("_")
        assert name not in TAKEN_NAMES
