"""Why a database refused something, without the values that its message may quote."""

from __future__ import annotations

import re

from django.db import DatabaseError

_MYSQL_COLUMN = re.compile(r"(?:for|in) column (?:`[^`]*`\.)*[`'](\w+)[`']|Column '(\w+)'|'(\w+)'$")

#: MySQL calls some refusals of a value operational: 1366 wrong string, 1406 too long.
_ABOUT_DATA = {1264, 1366, 1406, 3988}


def is_about_data(error: Exception) -> bool:
    """Tell if an operational error is the fault of one row, not of the server."""
    return mysql_number(error) in _ABOUT_DATA


def mysql_number(error: Exception) -> int | None:
    """Return MySQL's number of an error; other drivers have none."""
    number = error.args[0] if error.args else None
    return number if isinstance(number, int) else None


def reason_of(error: Exception) -> str:
    """Return why a database refused a record."""
    cause = error.__cause__ or error
    name = type(cause).__name__
    diagnostic = getattr(cause, "diag", None)
    if diagnostic is not None:
        where = diagnostic.constraint_name or diagnostic.column_name
        return f"{name} ({getattr(cause, 'sqlstate', None)}{f', {where}' if where else ''})"
    if isinstance(error, ValueError) and not isinstance(error, DatabaseError):
        return "a text holds a character that the database cannot store"
    if (number := mysql_number(error)) is not None:
        # MySQL quotes values: of its text only the column or the key is taken.
        found = _MYSQL_COLUMN.search(str(error.args[-1]).split(" at row")[0])
        where = next(filter(None, found.groups()), "") if found else ""
        return f"{name} ({number}{f', {where}' if where else ''})"
    return f"{name}: {first_line(error)}"


def first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]
