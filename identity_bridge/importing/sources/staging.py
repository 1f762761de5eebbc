"""Stage a folder of CSV or JSON Lines files into a temporary SQLite database.

One file a table, named like it: ``AspNetUsers.csv``. The database is then read as any other; it
lies in the folder for temporary files, is readable by its owner only, and is removed when the
source is closed.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from identity_bridge.importing.sources import shapes, spelling
from identity_bridge.importing.sources.delimited import DelimitedFile, uses_backslash_n
from identity_bridge.importing.sources.errors import (
    SourceAmbiguous,
    SourceTablesMissing,
    SourceUnreachable,
)
from identity_bridge.importing.sources.json_lines import JsonLinesFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

DELIMITED = {".csv", ".tsv", ".txt"}
JSON_LINES = {".jsonl", ".ndjson"}
PEEK = 1000
"""Rows looked at to tell whether keys are integers."""
ROWS_AT_ONCE = 10_000
KEYS = frozenset({"id", "userid", "roleid"})

FLAGS = frozenset(
    {
        "email_confirmed",
        "phone_number_confirmed",
        "two_factor_enabled",
        "lockout_enabled",
        "is_active",
        "is_deleted",
        "is_anonymous",
        "is_approved",
        "is_locked_out",
        "is_confirmed",
    }
)
NUMBERS = FLAGS | {"access_failed_count", "password_format"}
FLAG_WORDS = {"t": 1, "true": 1, "f": 0, "false": 0, "1": 1, "0": 0}


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the temporary database is."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "staged.db"

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def stage_folder(folder: Path) -> Staged:
    """Copy every table file of the folder into a new SQLite database.

    :raises SourceTablesMissing: the folder holds no such file.
    :raises SourceAmbiguous: two files for one table.
    :raises SourceUnreachable: the folder or a file may not be read.
    :raises SourceFileBroken: a file is not what its name says.
    """
    files = _table_files(folder)
    staged = Staged(Path(tempfile.mkdtemp(prefix="identity_bridge_")))
    try:
        connection = sqlite3.connect(staged.path, isolation_level=None)
        try:
            # A temporary copy needs no protection against power cuts.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            _fill(connection, files)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except OSError as error:
        staged.remove()
        raise SourceUnreachable(
            f"{error.filename or folder} cannot be read: {error.strerror}. Check its rights."
        ) from error
    except BaseException:
        staged.remove()
        raise
    return staged


def _table_files(folder: Path) -> dict[str, Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise SourceUnreachable(
            f"the folder {folder} cannot be read: {error.strerror}. Check its rights."
        ) from error
    files: dict[str, Path] = {}
    for path in entries:
        if path.suffix.lower() not in DELIMITED | JSON_LINES or not path.is_file():
            continue
        if path.stem in files:
            raise SourceAmbiguous(
                f"{files[path.stem].name} and {path.name} are both the table {path.stem}. "
                "Expected one file a table: move one away."
            )
        files[path.stem] = path
    if not files:
        found = ", ".join(path.name for path in entries[:10]) or "nothing"
        raise SourceTablesMissing(
            f"the folder {folder} holds no table. Found: {found}. Expected one file a table, "
            "named like it: AspNetUsers.csv, AspNetUserClaims.csv … (or .tsv, .jsonl)."
        )
    return files


def _fill(connection: sqlite3.Connection, files: dict[str, Path]) -> None:
    delimited = [path for path in files.values() if path.suffix.lower() in DELIMITED]
    # One export writes NULL in one way, but not every file of it holds one.
    backslash_n = any(uses_backslash_n(path) for path in delimited)
    readers: dict[str, tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]] = {}
    integer_keys: bool | None = None
    for name, path in files.items():
        if path.suffix.lower() in DELIMITED:
            reader: Any = DelimitedFile(path, backslash_n=backslash_n)
        else:
            reader = JsonLinesFile(path)
        columns, rows = reader.columns, iter(reader)
        head = list(islice(rows, PEEK))
        readers[name] = columns, chain(head, rows)
        keys = _keys_are_integers(columns, head)
        integer_keys = keys if integer_keys is None else integer_keys and keys is not False
    for name, (columns, rows) in readers.items():
        _create(connection, name, columns, rows, integer_keys=bool(integer_keys))


def _keys_are_integers(columns: Sequence[str], rows: list[tuple[Any, ...]]) -> bool | None:
    """Say whether the keys of users and roles seen so far are integers; None = none seen."""
    names = {spelling.squash(name): index for index, name in enumerate(columns)}
    owners = [names[name] for name in ("userid", "roleid") if name in names]
    if not owners and "id" in names:
        owners = [names["id"]]
    values = [row[index] for row in rows for index in owners if row[index] is not None]
    if not values:
        return None
    return all(_is_integer(value) for value in values)


def _is_integer(value: Any) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool)
    # "007" is a string key: as an integer it would come out as another one.
    return (
        isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value
    )


def _create(
    connection: sqlite3.Connection,
    name: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    *,
    integer_keys: bool,
) -> None:
    table = name.rpartition(".")[2].replace('"', '""')
    declared = []
    for column in columns:
        squashed = spelling.squash(column)
        child_id = squashed == "id" and {"claimtype", "claimvalue"} & set(
            map(spelling.squash, columns)
        )
        integer = child_id or (integer_keys and squashed in KEYS) or squashed in _names_of(NUMBERS)
        quoted = column.replace('"', '""')
        # INTEGER is an affinity: what is no number stays as it is, for the plan to report.
        declared.append(f'"{quoted}" {"INTEGER" if integer else "TEXT"}')
    connection.execute(f'CREATE TABLE "{table}" ({", ".join(declared)})')
    places = ", ".join("?" * len(columns))
    insert = f'INSERT INTO "{table}" VALUES ({places})'  # noqa: S608 - the name is quoted
    converters = _converters(columns)
    if converters:
        rows = _converted(rows, converters)
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        connection.executemany(insert, some)
    for column in columns:
        if spelling.squash(column) in KEYS:
            quoted = column.replace('"', '""')
            connection.execute(f'CREATE INDEX "ix_{table}_{quoted}" ON "{table}" ("{quoted}")')


def _converters(columns: Sequence[str]) -> dict[int, Callable[[Any], Any]]:
    converters: dict[int, Callable[[Any], Any]] = {}
    for index, column in enumerate(columns):
        squashed = spelling.squash(column)
        if squashed in _names_of(FLAGS):
            converters[index] = _flag
        elif squashed in {"credentialid", "propertyvaluesbinary", "propertyvaluebinary"}:
            converters[index] = _binary
    return converters


@cache
def _names_of(logical: frozenset[str]) -> frozenset[str]:
    """Return the squashed names that columns have in any generation."""
    families = (
        shapes.IDENTITY_TABLES,
        shapes.MEMBERSHIP_TABLES,
        shapes.SIMPLE_MEMBERSHIP_TABLES,
    )
    return frozenset(
        spelling.squash(name)
        for family in families
        for shape in family.values()
        for column in logical & shape.columns.keys()
        for name in shape.columns[column]
    )


def _converted(
    rows: Iterable[tuple[Any, ...]], converters: dict[int, Callable[[Any], Any]]
) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        values = list(row)
        for index, convert in converters.items():
            values[index] = convert(values[index])
        yield tuple(values)


def _flag(value: Any) -> Any:
    """Return 0 or 1; what is neither stays as it is, for the plan to report."""
    return FLAG_WORDS.get(value.lower(), value) if isinstance(value, str) else value


def _binary(value: Any) -> Any:
    r"""Return the bytes of ``\x…`` (PostgreSQL) and ``0x…`` (SQL Server)."""
    if isinstance(value, str) and value[:2] in ("\\x", "0x", "0X"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            return value
    return value
