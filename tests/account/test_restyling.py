"""A project's own colours, logo and texts, without a copy of any page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import identity_bridge
from identity_bridge.account.content_security import HEADER
from tests.docs.pages import DOCS, blocks

from .conftest import LOGIN

ACCOUNT_PAGES = DOCS / "how-to" / "account-pages.md"
ACCOUNT = Path(identity_bridge.__file__).parent / "account"
TEMPLATES = ACCOUNT / "templates" / "identity_bridge" / "account"
STYLESHEET = ACCOUNT / "static" / "identity_bridge" / "account" / "account.css"


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> Path:
    """A folder of templates that come before ours."""
    folder = tmp_path / "identity_bridge" / "account"
    folder.mkdir(parents=True)
    engine = settings.TEMPLATES[0] | {"DIRS": [tmp_path]}
    settings.TEMPLATES = [engine]
    return folder


def test_a_stylesheet_of_the_project_comes_after_ours(
    client: Client, own: Path, settings: Any, db: None
) -> None:
    link = '{% load static %}<link rel="stylesheet" href="{% static \'shop/account.css\' %}">'
    (own / "head.html").write_text(link)
    settings.STATIC_URL = "https://static.example/"
    answer = client.get(LOGIN)
    text = answer.content.decode()
    assert text.index("shop/account.css") > text.index("account/account.css")
    assert "style-src 'self' https://static.example;" in answer[HEADER]


def test_a_logo_of_the_project(client: Client, own: Path, db: None) -> None:
    (own / "mark.html").write_text("<svg id=shop></svg>")
    assert "<svg id=shop></svg><span>testserver</span>" in client.get(LOGIN).content.decode()


def test_another_name_beside_the_logo(client: Client, own: Path, db: None) -> None:
    (own / "brand.html").write_text("<a class=brand href=/shop/>Shop</a>")
    text = client.get(LOGIN).content.decode()
    assert "<a class=brand href=/shop/>Shop</a>" in text
    assert "testserver</span>" not in text


def test_a_template_extends_the_one_of_its_name(client: Client, own: Path, db: None) -> None:
    """As the documentation has it."""
    documented = blocks(ACCOUNT_PAGES, "html")
    (template,) = [one.text for one in documented if "block lead" in one.text]
    (own / "login.html").write_text(template)
    text = client.get(LOGIN).content.decode()
    assert '<p class="lead">Sign in with your customer number.</p>' in text
    assert '<p class="after"><a href="/help/">Help</a></p>' in text
    assert 'name="password"' in text
    assert "Use the name and the password" not in text


def test_the_documentation_names_every_block_and_colour() -> None:
    text = ACCOUNT_PAGES.read_text(encoding="utf-8")
    for template in ("base.html", "login.html"):
        source = (TEMPLATES / template).read_text(encoding="utf-8")
        for name in re.findall(r"{% block (\w+) %}", source):
            assert f"`{name}`" in text, name
    roots = STYLESHEET.read_text(encoding="utf-8").split("}")[0]
    for name in re.findall(r"^  (--[\w-]+):", roots, re.MULTILINE):
        assert f"`{name}`" in text or f"`{name.removesuffix('-soft')}`" in text, name


def test_a_block_of_a_page_is_replaced_alone(client: Client, own: Path, db: None) -> None:
    (own / "languages.html").write_text("<p>Shop, Harbor Street 1</p>")
    text = client.get(LOGIN).content.decode()
    assert "Harbor Street 1" in text
    assert "Sign in" in text
