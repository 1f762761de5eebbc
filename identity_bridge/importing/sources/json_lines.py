"""Read a table from a file with one JSON object a line."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from identity_bridge.importing.sources.delimited import open_text
from identity_bridge.importing.sources.errors import SourceFileBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_HALF_PAIR = re.compile("[\ud800-\udfff]")


class JsonLinesFile:
    """A table file of JSON Lines (row_to_json, jq -c).

    A nested object or list (jsonb) becomes its JSON text. Numbers that are no integers keep
    their digits: they are read as text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns = self._all_columns()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        columns = self.columns
        for record in self._records():
            yield tuple(_plain(record.get(column)) for column in columns)

    def _all_columns(self) -> tuple[str, ...]:
        # A writer may leave null members out, so the first line does not name them all.
        columns: dict[str, None] = {}
        for record in self._records():
            columns.update(dict.fromkeys(record))
        return tuple(columns)

    def _records(self) -> Iterator[dict[str, Any]]:
        with open_text(self.path) as lines:
            number = 0
            try:
                for number, line in enumerate(lines, start=1):
                    if not line.strip():
                        continue
                    record = json.loads(line, parse_float=Decimal)
                    if not isinstance(record, dict):
                        raise SourceFileBroken(
                            f"{self.path}, line {number}: found {type(record).__name__}, "
                            "expected one JSON object a line."
                        )
                    yield record
            except UnicodeDecodeError as error:
                raise SourceFileBroken(
                    f"{self.path}, after line {number}: {error.reason}. Expected UTF-8, or "
                    "UTF-16 with a byte order mark."
                ) from error
            except (json.JSONDecodeError, RecursionError) as error:
                # The message of JSONDecodeError gives the position, not the text.
                raise SourceFileBroken(
                    f"{self.path}, line {number}: {error}. Expected one JSON object a line."
                ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=float)
    if isinstance(value, str) and not value.isascii():
        # JSON can spell half a surrogate pair; no database can store one.
        return _HALF_PAIR.sub("\ufffd", value)
    return str(value) if isinstance(value, Decimal) else value
