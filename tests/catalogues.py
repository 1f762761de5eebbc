"""Catalogues of gettext, read without gettext's tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

import identity_bridge

LOCALE = Path(identity_bridge.__file__).parent / "locale"

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+)?(".*")')


@dataclass(kw_only=True, slots=True)
class Entry:
    """One text: ``source`` in one form or in two, ``translation`` in as many."""

    context: str = ""
    source: list[str] = field(default_factory=list)
    translation: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    is_obsolete: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        return (self.context, *self.source)


def read_source(path: Path) -> list[Entry]:
    """Return the entries of a ``.po`` file, its header first."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return [_entry(block.splitlines()) for block in blocks if "msgid" in block]


def _entry(lines: list[str]) -> Entry:
    entry = Entry()
    texts: list[str] = []
    for line in lines:
        if line.startswith("#~"):
            entry.is_obsolete = True
        elif line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif not line.startswith("#") and line:
            keyword, text = _parse(line)
            if keyword.startswith("msgstr"):
                entry.translation.append("")
                texts = entry.translation
            elif keyword.startswith("msgid"):
                entry.source.append("")
                texts = entry.source
            elif keyword:
                texts = [""]
            texts[-1] += text
            if keyword == "msgctxt":
                entry.context = text
    return entry


def _parse(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    assert found, line
    return found[1] or "", ast.literal_eval(found[2])


def read_compiled(path: Path) -> dict[str | tuple[str, int], str]:
    """Return what a ``.mo`` file translates, as ``gettext`` keeps it."""
    with path.open("rb") as file:
        return GNUTranslations(file)._catalog  # type: ignore[attr-defined, no-any-return]


def compiled(entries: list[Entry]) -> dict[str | tuple[str, int], str]:
    """Return what ``msgfmt`` makes of entries, as ``read_compiled`` gives it."""
    return dict(_pairs(entries))


def _pairs(entries: list[Entry]) -> Iterator[tuple[str | tuple[str, int], str]]:
    for entry in entries:
        source = f"{entry.context}\x04{entry.source[0]}" if entry.context else entry.source[0]
        if len(entry.source) == 1:
            yield source, entry.translation[0]
        else:
            for number, text in enumerate(entry.translation):
                yield (source, number), text
