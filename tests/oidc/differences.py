"""The differences we want, read from the page that explains them."""

from __future__ import annotations

import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
_ROW = re.compile(r"^\| (?:trace )`([a-z_]+-\d{3})` \| (.+) \|$", re.MULTILINE)


def listed() -> dict[str, str]:
    """Return trace id -> reason, from the table of docs/reference/differences.md."""
    rows = _ROW.findall(_PAGE.read_text(encoding="utf-8"))
    found = dict(rows)
    assert len(found) == len(rows), "a trace is listed twice"
    return found
