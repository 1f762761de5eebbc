"""The pages under test: README, changelog, security and everything below docs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: where it stands, its language, its text."""

    place: str
    language: str
    text: str


def pages() -> list[Path]:
    """Return every page of the documentation."""
    top = [ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")]
    return [*top, *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the code blocks in these languages."""
    text = read(page)
    found = []
    for fence in _FENCE.finditer(text):
        indent, language, body = fence.groups()
        if language in languages:
            line = text.count("\n", 0, fence.start()) + 1
            body = re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)
            found.append(Block(f"{name_of(page)}:{line}", language, body))
    return found


def without_blocks(page: Path) -> str:
    return _FENCE.sub("", read(page))


def links(page: Path) -> list[str]:
    """Return the targets of all links outside code blocks."""
    return _LINK.findall(without_blocks(page))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    return {_slug(heading) for heading in _HEADING.findall(without_blocks(page))}


def _slug(heading: str) -> str:
    text = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return text.replace(" ", "-")
