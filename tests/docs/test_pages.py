"""Pages link to what exists, their code is code, and they name no machine."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from .pages import DOCS, Block, anchors, blocks, links, name_of, pages, read

ALL = pages()
PYTHON = [block for page in ALL for block in blocks(page, "python")]
JSON = [block for page in ALL for block in blocks(page, "json")]

LANGUAGES = {"python", "json", "console", "css", "html", "text", "sql"}

#: What a page must not hold: folders of somebody's machine, addresses of package registries.
FORBIDDEN = re.compile(
    r"(?<![\w.])/(?:home|Users|root|work|tmp|mnt|opt|srv|var)/"
    r"|[A-Za-z]:\\\\?Users"
    r"|pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|nuget\.org",
)


@pytest.mark.parametrize("page", ALL, ids=name_of)
def test_links_lead_to_pages_and_headings_that_exist(page: Path) -> None:
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_is_linked_from_the_index() -> None:
    index = DOCS / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    missing = [name_of(page) for page in ALL if page != index and page not in linked]
    assert missing == []


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.place)
def test_python_compiles(block: Block) -> None:
    ast.parse(block.text, filename=block.place)


@pytest.mark.parametrize("block", JSON, ids=lambda block: block.place)
def test_json_parses(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("page", ALL, ids=name_of)
def test_every_block_of_code_is_closed_and_names_its_language(page: Path) -> None:
    fences = re.findall(r"^ *```(.*)$", read(page), re.MULTILINE)
    assert len(fences) % 2 == 0
    assert set(fences[::2]) <= LANGUAGES
    assert set(fences[1::2]) <= {""}


@pytest.mark.parametrize("page", ALL, ids=name_of)
def test_no_page_names_a_machine_or_a_registry(page: Path) -> None:
    assert FORBIDDEN.findall(read(page)) == []


@pytest.mark.parametrize("page", ALL, ids=name_of)
def test_a_page_begins_with_its_only_title(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


def test_the_readme_has_one_place_for_the_figures() -> None:
    readme = read(DOCS.parent / "README.md")
    assert "\n## Measured\n" in readme
