"""Run scripts for SQL Server, as SSMS and EF Core write them, on SQLite.

Only what such scripts hold is understood: CREATE TABLE, INSERT with N'…', 0x…, numbers, NULL and
CAST(N'…' AS type); everything else (SET, USE, ALTER, indexes) is skipped. Values arrive as SQL
Server would print them, so that the import code meets its booleans, Guids and dates.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

TOKEN = re.compile(
    r"""
      (?P<skip>   \s+ | --[^\n]* | /\*.*?\*/ )
    | (?P<text>   N?'(?:[^']|'')*' )
    | (?P<name>   \[(?:[^\]]|\]\])*\] )
    | (?P<binary> 0x[0-9A-Fa-f]* )
    | (?P<number> -?\d+(?:\.\d+)? )
    | (?P<word>   [A-Za-z_@\#][\w@\#$]* )
    | (?P<mark>   . )
    """,
    re.VERBOSE | re.DOTALL,
)
Token = tuple[str, Any]


def run_script(connection: sqlite3.Connection, script: bytes) -> None:
    encoding = "utf-16" if script[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    tokens = list(_tokens(script.decode(encoding)))
    position = 0
    while position < len(tokens):
        words = [value for _, value in tokens[position : position + 2]]
        if words == ["CREATE", "TABLE"]:
            position = _create(connection, tokens, position + 2)
        elif words[0] == "INSERT":
            position = _insert(connection, tokens, position + 1)
        else:
            position += 1


def _tokens(text: str) -> Iterator[Token]:
    for found in TOKEN.finditer(text):
        kind, value = found.lastgroup, found.group()
        if kind == "text":
            yield "value", value[value.index("'") + 1 : -1].replace("''", "'")
        elif kind == "name":
            yield "name", value[1:-1].replace("]]", "]")
        elif kind == "binary":
            yield "value", bytes.fromhex(value[2:])
        elif kind == "number":
            yield "value", float(value) if "." in value else int(value)
        elif kind == "word":
            yield "word", value.upper()
        elif kind == "mark":
            yield "mark", value


def _table_name(tokens: list[Token], position: int) -> tuple[str, int]:
    """Read ``[dbo].[Name]``; the schema is dropped, SQLite has none."""
    name = tokens[position][1]
    while tokens[position + 1] == ("mark", "."):
        position += 2
        name = tokens[position][1]
    return name, position + 1


def _bracketed(tokens: list[Token], position: int) -> tuple[list[list[Token]], int]:
    """Read ``( a, b, (c, d) )`` as a list of items, commas inside brackets kept."""
    assert tokens[position] == ("mark", "("), tokens[position]
    items: list[list[Token]] = [[]]
    depth = 0
    while True:
        token = tokens[position]
        position += 1
        if token == ("mark", "("):
            depth += 1
            if depth == 1:
                continue
        elif token == ("mark", ")"):
            depth -= 1
            if depth == 0:
                return items, position
        elif token == ("mark", ",") and depth == 1:
            items.append([])
            continue
        items[-1].append(token)


def _create(connection: sqlite3.Connection, tokens: list[Token], position: int) -> int:
    table, position = _table_name(tokens, position)
    items, position = _bracketed(tokens, position)
    parts = []
    for item in items:
        words = [value for _, value in item]
        if words[0] == "CONSTRAINT" and "PRIMARY" in words:
            start, end = item.index(("mark", "(")), item.index(("mark", ")"))
            names = [value for kind, value in item[start:end] if kind == "name"]
            parts.append(f"PRIMARY KEY ({', '.join(map(_quote, names))})")
        elif words[0] != "CONSTRAINT":
            parts.append(_column(item))
    connection.execute(f"CREATE TABLE {_quote(table)} ({', '.join(parts)})")
    return position


def _column(item: list[Token]) -> str:
    type_name = str(item[1][1]).lower()
    if len(item) > 2 and item[2] == ("mark", "("):
        end = item.index(("mark", ")"))
        size = "".join(str(value).lower() for _, value in item[3:end])
        # SQLite takes only numbers there.
        type_name += "" if size == "max" else f"({size})"
    required = any(
        first == ("word", "NOT") and second == ("word", "NULL")
        for first, second in itertools.pairwise(item)
    )
    return f"{_quote(item[0][1])} {type_name}{' NOT NULL' if required else ''}"


def _insert(connection: sqlite3.Connection, tokens: list[Token], position: int) -> int:
    if tokens[position] == ("word", "INTO"):
        position += 1
    table, position = _table_name(tokens, position)
    columns, position = _bracketed(tokens, position)
    assert tokens[position] == ("word", "VALUES"), tokens[position]
    while True:
        values, position = _bracketed(tokens, position + 1)
        names = ", ".join(_quote(column[0][1]) for column in columns)
        places = ", ".join("?" * len(values))
        connection.execute(
            f"INSERT INTO {_quote(table)} ({names}) VALUES ({places})", list(map(_value, values))
        )
        if position >= len(tokens) or tokens[position] != ("mark", ","):
            return position


def _value(item: list[Token]) -> Any:
    if item[0] == ("word", "NULL"):
        return None
    if item[0] == ("word", "CAST"):
        return item[2][1]
    assert len(item) == 1, item
    assert item[0][0] == "value", item
    return item[0][1]


def _quote(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'
