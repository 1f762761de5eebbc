"""Write the Python source of a user model that declares a source's custom columns.

The class is a starting point to read and to keep: what a database's types cannot tell (SQLite
keeps decimals and dates as TEXT) is said in a comment beside the field.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.importing.layout import Generation
from identity_bridge.importing.sources.columns import USER_COLUMNS
from identity_bridge.importing.sources.spelling import snake_case

if TYPE_CHECKING:
    from identity_bridge.importing.layout import ColumnInfo, SourceLayout

TAKEN_COLUMNS = {"isactive", "isstaff", "issuperuser", "lastlogin", "datejoined"}
"""Columns that AbstractIdentityUser adds for Django; a source may have its own of that name."""

TAKEN_NAMES = frozenset(USER_COLUMNS) - {"discriminator", "is_deleted", "lockout_end_date_utc"} | {
    "backend",
    "check",
    "claims",
    "clean",
    "date_joined",
    "delete",
    "groups",
    "is_anonymous",
    "is_authenticated",
    "is_staff",
    "is_superuser",
    "last_login",
    "logentry",
    "logins",
    "natural_key",
    "objects",
    "passkeys",
    "pk",
    "roles",
    "save",
    "tokens",
    "user_permissions",
}
"""Attributes a field must not hide."""

HEADER = '''"""The user model: ASP.NET Identity's columns, and the application's own."""

from __future__ import annotations

from django.db import models
'''
TIMEZONE_IMPORT = "from django.utils import timezone\n"
CLASS = '''
from identity_bridge.models import AbstractIdentityUser


class ApplicationUser(AbstractIdentityUser):
    """Set AUTH_USER_MODEL = "<app>.ApplicationUser" before the first migrate."""

'''
META = """
    class Meta(AbstractIdentityUser.Meta):
        db_table = "AspNetUsers"
"""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A Django field, its options, and the default new users need where NULL is refused."""

    field: str
    options: str = ""
    default: str | None = None
    note: str = ""


_SIMPLE: dict[str, _Kind] = {}
for _names, _kind in (
    ("bool boolean bit", _Kind("BooleanField", default="False")),
    ("smallint int2 tinyint", _Kind("SmallIntegerField", default="0")),
    ("int integer int4 mediumint serial", _Kind("IntegerField", default="0")),
    ("bigint int8 bigserial", _Kind("BigIntegerField", default="0")),
    ("real float double float4 float8", _Kind("FloatField", default="0.0")),
    ("money", _Kind("DecimalField", "max_digits=19, decimal_places=4", default="0")),
    ("smallmoney", _Kind("DecimalField", "max_digits=10, decimal_places=4", default="0")),
    ("date", _Kind("DateField", default="timezone.localdate")),
    ("time", _Kind("TimeField")),
    (
        "timestamp timestamptz datetime datetime2 smalldatetime datetimeoffset",
        _Kind("DateTimeField", default="timezone.now"),
    ),
    ("interval", _Kind("DurationField")),
    ("json jsonb", _Kind("JSONField", default="dict")),
    ("uuid uniqueidentifier", _Kind("UUIDField")),
    (
        "bytea blob tinyblob mediumblob longblob varbinary binary image rowversion",
        _Kind("BinaryField", default='b""'),
    ),
):
    _SIMPLE |= dict.fromkeys(_names.split(), _kind)

_TEXTS = frozenset(
    {"text", "ntext", "varchar", "nvarchar", "char", "nchar", "xml", "citext"}
    | {"tinytext", "mediumtext", "longtext"}
)
_DISCRIMINATOR = "EF's class of the row; .NET reads no row with a class it does not know."


def emit_model(layout: SourceLayout) -> str:
    """Return the source of ``class ApplicationUser`` for the users of a layout."""
    lines: list[str] = []
    used = set(TAKEN_NAMES)
    table = layout.user_table
    if layout.generation is not Generation.MEMBERSHIP:
        for column in table.custom_columns:
            if column.name.replace("_", "").lower() in TAKEN_COLUMNS:
                lines.append(f"# {column.name}: AbstractIdentityUser has this column.")
                continue
            name = field_name(column.name, used)
            used.add(name)
            lines += _field(name, column, layout.dialect)
    if not lines:
        lines.append(f"# {table.table.qualified_name} has no columns of its own.")
    body = "".join(f"    {line}\n" for line in lines)
    imports = TIMEZONE_IMPORT if "timezone." in body else ""
    return HEADER + imports + CLASS + body + META


def field_name(column: str, used: set[str] | frozenset[str] = TAKEN_NAMES) -> str:
    """Return a valid, free name for a field: ``FirstName`` becomes ``first_name``."""
    name = re.sub(r"[^0-9a-zA-Z_]", "_", snake_case(column))
    # Django reads two underscores as a look-up, and refuses one at the end.
    name = re.sub(r"_+", "_", name).strip("_").lower()
    if not name or name[0].isdigit():
        name = f"column_{name}".rstrip("_")
    if keyword.iskeyword(name) or name in used:
        name = f"custom_{name}"
    number, base = 2, name
    while name in used:
        name, number = f"{base}_{number}", number + 1
    return name


def _field(name: str, column: ColumnInfo, dialect: str) -> list[str]:
    kind = _kind_of(column, dialect)
    options = [f"db_column={_quoted(column.name)}"]
    if kind.options:
        options.insert(0, kind.options)
    notes = [kind.note] if kind.note else []
    if column.name.lower() == "discriminator":
        notes.append(_DISCRIMINATOR)
    if column.nullable:
        options.append("null=True, blank=True")
    elif kind.default is not None:
        options.append(f"default={kind.default}")
        if kind.default in ('""', "dict"):
            options.append("blank=True")
        if not column.has_default:
            notes.append("NOT NULL without a default at the source: choose one for new users.")
    else:
        notes.append("NOT NULL at the source: every new user needs a value.")
    lines = [f"# {note}" for note in notes]
    return [*lines, f"{name} = models.{kind.field}({', '.join(options)})"]


def _kind_of(column: ColumnInfo, dialect: str) -> _Kind:
    type_name = column.type_name.lower().strip()
    base = re.split(r"[\s(\[]", type_name, maxsplit=1)[0]
    numbers = [int(number) for number in re.findall(r"\d+", type_name.partition("(")[2])]
    if type_name.endswith("[]"):
        return _Kind("JSONField", default="list", note=f"{column.type_name}: kept as a JSON list.")
    if base in ("numeric", "decimal", "number", "dec"):
        digits, places = (*numbers, 0)[:2] if numbers else (38, 10)
        return _Kind("DecimalField", f"max_digits={digits}, decimal_places={places}", default="0")
    if base in _TEXTS:
        return _text_kind(base, numbers, dialect)
    if dialect == "mysql" and (base, numbers) == ("tinyint", [1]):
        return _SIMPLE["bool"]
    if (
        dialect == "sqlite"
        and base == "integer"
        and re.match(r"(is|has|can)[A-Z_]", column.name, re.I)
    ):
        return _Kind("BooleanField", default="False", note="INTEGER on SQLite: a bool by its name.")
    if base in _SIMPLE:
        return _SIMPLE[base]
    return _Kind("TextField", default='""', note=f"{column.type_name}: kept as text.")


def _text_kind(base: str, numbers: list[int], dialect: str) -> _Kind:
    if dialect == "sqlite" and base == "text":
        note = "TEXT on SQLite: a string, or a decimal, a date or a Guid; change it if so."
        return _Kind("TextField", default='""', note=note)
    if dialect == "mysql" and (base, numbers) == ("char", [36]):
        return _SIMPLE["uuid"]
    if numbers and "text" not in base:
        return _Kind("CharField", f"max_length={numbers[0]}", default='""')
    return _Kind("TextField", default='""')


def _quoted(text: str) -> str:
    # A column's name comes from the source: it must stay inside its quotes.
    return '"' + repr(text)[1:-1].replace('"', '\\"') + '"' if "'" not in text else repr(text)
