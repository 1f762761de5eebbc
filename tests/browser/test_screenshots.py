"""The pictures in the documentation are of the pages that the journeys see."""

from __future__ import annotations

from .journeys import all_pages, modules
from .screenshots import FOLDER, PAGE, files_of, page

MAX_BYTES = 2_000_000
AGAIN = "python -m tests.browser.screenshots"


def test_the_page_shows_every_page_that_journeys_see() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(modules()), AGAIN


def test_every_picture_exists_and_no_other() -> None:
    wanted = {file for name in all_pages() for file in files_of(name)}
    assert {path.name for path in FOLDER.iterdir()} == wanted, AGAIN


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAX_BYTES
