"""What somebody reads on a page, or hears from a screen reader."""

from __future__ import annotations

import re
from collections.abc import Set
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

#: Texts of pages that are the same in both languages.
SAME = {
    "Claims",
    "Code",
    "Deutsch",
    "English",
    "Name",
    "Passkeys",
}
#: Attributes that are read or heard. What a script says stands in others, in whole sentences.
_SPOKEN = {"alt", "aria-label", "data-label", "placeholder", "title"}
#: In these stands what people, clients and machines are called, and codes.
_NAMES = {"bdi", "code", "script", "style"}
_VOID = {"br", "hr", "img", "input", "link", "meta", "path"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: dict[str, set[str]] = {"": set(), "h1": set(), "title": set()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.inside.append(tag)
        for name, value in attrs:
            is_said = name.startswith("data-") and " " in (value or "")
            if name in _SPOKEN or is_said:
                self.note(value or "")

    def handle_endtag(self, tag: str) -> None:
        while tag in self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _NAMES & set(self.inside):
            self.note(data)

    def note(self, text: str) -> None:
        text = " ".join(text.split())
        if re.search(r"[^\W\d_]{2}", text):
            self.found[""].add(text)
            for tag in ("h1", "title"):
                if tag in self.inside:
                    self.found[tag].add(text)


def texts(html: str, element: str = "") -> set[str]:
    """Return the texts of a page, names and codes left out; or those of ``h1`` or ``title``."""
    reader = _Reader()
    reader.feed(html)
    return reader.found[element]


def check_german(client: Client, path: str, *, names: Set[str] = frozenset()) -> int:
    """Assert that a page says nothing in English to a German; return how many texts it has.

    ``names`` are those of data that no tag marks as such.
    """
    english, german = (
        client.get(path, secure=True, headers={"accept-language": language})
        for language in ("en", "de")
    )
    assert german.status_code == english.status_code
    if german.status_code in (302, 404) or "text/html" not in german.headers["Content-Type"]:
        return 0
    return check_german_answer(english, german, names=names)


def check_german_answer(english: Any, german: Any, *, names: Set[str] = frozenset()) -> int:
    same = SAME | names | {german.wsgi_request.get_host()}
    pages = [answer.content.decode() for answer in (english, german)]
    assert texts(pages[0]) & texts(pages[1]) <= same
    for element in ("h1", "title"):
        said, sagt = (texts(page, element) for page in pages)
        assert len(said) == len(sagt)
        assert not said & sagt - same
    return len(texts(pages[1]))
