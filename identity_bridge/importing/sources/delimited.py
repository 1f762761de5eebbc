"""Read CSV as databases write it, where an empty field and NULL are two things.

The csv module of Python 3.11 cannot tell ``,,`` (NULL for PostgreSQL's COPY) from ``,"",`` (the
empty string), so this is its own reader of RFC 4180: separators ``, ; | tab``, a quote doubled
inside quotes, line breaks inside quotes kept, LF or CRLF after a record, UTF-8 or UTF-16.
Memory is that of one record.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, TextIO

from identity_bridge.importing.sources.errors import SourceFileBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEPARATORS = ",;\t|"
MAX_RECORD = 64 * 1024 * 1024
"""Characters; a quote that is never closed must not read the whole file into memory."""
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_text(path: Path) -> TextIO:
    """Open a text file in the encoding its byte order mark says, else UTF-8.

    Lines end with LF only, and keep their ends: a CR may be part of a value.
    """
    with path.open("rb") as file:
        start = file.read(4)
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "utf-8"
    )
    return path.open(encoding=encoding, newline="\n")


def uses_backslash_n(path: Path) -> bool:
    r"""Whether the file writes NULL as ``\N`` (then an empty field is an empty string)."""
    with open_text(path) as lines:
        try:
            if not any("\\N" in line for line in lines):
                return False
        except UnicodeDecodeError:
            # Reported with its place when the file is read.
            return False
    return any(None in row for row in DelimitedFile(path, backslash_n=True))


class DelimitedFile:
    """A table file with a header line.

    :raises SourceFileBroken: no header, another number of fields in a record, a quote that is
        not closed, or bytes that are not text.
    """

    def __init__(self, path: Path, *, backslash_n: bool = False) -> None:
        self.path = path
        self._backslash_n = backslash_n
        with open_text(path) as lines:
            first = self._next_record(lines, 1)
        if first is None:
            raise SourceFileBroken(f"{path} is empty. Expected a first line of column names.")
        self._separator = max(SEPARATORS, key=lambda mark: len(_unquoted(first[0]).split(mark)))
        self._field = re.compile(
            r'(?:"((?:[^"]|"")*)"|([^{0}"]*))(?:{0}|\Z)'.format(re.escape(self._separator))
        )
        self.columns = tuple(name or "" for name in self._split(first[0], 1))
        if not all(self.columns) or len({name.lower() for name in self.columns}) < len(
            self.columns
        ):
            raise SourceFileBroken(
                f"{path}, line 1: found {', '.join(map(repr, self.columns[:20]))}, expected a "
                "header of different column names."
            )

    def __iter__(self) -> Iterator[tuple[str | None, ...]]:
        width = len(self.columns)
        with open_text(self.path) as lines:
            number = 1
            header = True
            while (record := self._next_record(lines, number)) is not None:
                text, lines_read = record
                if header:
                    header = False
                elif text or width == 1:
                    row = self._split(text, number)
                    if len(row) != width:
                        raise SourceFileBroken(
                            f"{self.path}, line {number}: found {len(row)} fields, expected "
                            f"{width} as in the header."
                        )
                    yield tuple(row)
                number += lines_read

    def _next_record(self, lines: TextIO, number: int) -> tuple[str, int] | None:
        """Return the next record without its end, and the number of lines it took."""
        try:
            text = next(lines, None)
            if text is None:
                return None
            count = 1
            if text.count('"') % 2:
                parts = [text]
                quotes, size = text.count('"'), len(text)
                while quotes % 2:
                    more = next(lines, None)
                    if more is None or size > MAX_RECORD:
                        raise SourceFileBroken(
                            f"{self.path}, line {number}: a quote is opened and not closed."
                        )
                    parts.append(more)
                    quotes += more.count('"')
                    size += len(more)
                    count += 1
                text = "".join(parts)
        except UnicodeDecodeError as error:
            raise SourceFileBroken(
                f"{self.path}, near line {number}: {error.reason}. Expected UTF-8, or UTF-16 "
                "with a byte order mark; export it again in one of them."
            ) from error
        return text.removesuffix("\n").removesuffix("\r"), count

    def _split(self, text: str, number: int) -> list[str | None]:
        empty = "" if self._backslash_n else None
        if '"' not in text:
            fields = text.split(self._separator)
            if self._backslash_n:
                return [None if field == "\\N" else field for field in fields]
            return [field or None for field in fields]
        row: list[str | None] = []
        position, end = 0, len(text)
        while True:
            found = self._field.match(text, position)
            if found is None:
                raise SourceFileBroken(
                    f"{self.path}, line {number}, field {len(row) + 1}: a quote stands inside a "
                    "field. Expected it doubled, in a quoted field."
                )
            quoted, bare = found.groups()
            if quoted is not None:
                row.append(quoted.replace('""', '"') if '""' in quoted else quoted)
            elif bare == "\\N" and self._backslash_n:
                row.append(None)
            else:
                row.append(bare or empty)
            position = found.end()
            if position == end:
                # A quoted field ends with its quote, so a separator here is no part of it: the
                # record ends with one more, empty field.
                if found.group().endswith(self._separator):
                    row.append(empty)
                return row


def _unquoted(text: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', "", text)
