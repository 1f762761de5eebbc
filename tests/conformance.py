"""``python -m tests.conformance``: which section of which specification has which tests.

Writes docs/reference/conformance.md from the markers ``spec(document, section)``; with --check it
says whether the page is up to date.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "conformance.md"
FOLDERS = ("tests/oidc", "tests/clients")
HEAD = """# Conformance

Tests that prove a section of a specification, by specification.
Those of `tests/clients` run a real client library against a live server;
the others ask the endpoints themselves.
Beside them the conversations recorded with Duende IdentityServer are replayed, see
[differences](differences.md).
`python -m tests.conformance` writes this page.
"""


class Collector:
    """A pytest plugin that keeps the markers of what was collected."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in items:
            for marker in item.iter_markers("spec"):
                document, section = marker.args
                test = item.nodeid.partition("[")[0].removeprefix("tests/")
                self.found[document][section].add(test)


def page() -> str:
    """Return the page as the tests have it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.provider.settings"
    import pytest

    collector = Collector()
    folders = [folder for folder in FOLDERS if Path(folder).is_dir()]
    options = ["--collect-only", "-qq", "-p", "no:randomly"]
    with redirect_stdout(StringIO()):
        status = pytest.main([*options, *folders], plugins=[collector])
    if status != pytest.ExitCode.OK:
        raise SystemExit(f"The tests cannot be collected: {status!r}")
    parts = [HEAD]
    for document, sections in sorted(collector.found.items(), key=lambda pair: _order(pair[0])):
        parts.append(f"\n## {document}\n\n| section | tests |\n|---|---|\n")
        for section, tests in sorted(sections.items(), key=lambda pair: _order(pair[0])):
            shown = "<br>".join(f"`{test}`" for test in sorted(tests))
            parts.append(f"| {section} | {shown} |\n")
    return "".join(parts)


def _order(text: str) -> list[tuple[int, str]]:
    """Sort 3.1.10 after 3.1.9, and RFC 10000 after RFC 9999."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def main(arguments: list[str]) -> int:
    text = page()
    if "--check" in arguments:
        is_same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("up to date" if is_same else "run python -m tests.conformance")
        return 0 if is_same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
