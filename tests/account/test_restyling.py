"""A project's own colours, logo and texts, without a copy of any page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from identity_bridge.account.content_security import HEADER

from .conftest import LOGIN


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


def test_a_block_of_a_page_is_replaced_alone(client: Client, own: Path, db: None) -> None:
    (own / "languages.html").write_text("<p>Shop, Harbor Street 1</p>")
    text = client.get(LOGIN).content.decode()
    assert "Harbor Street 1" in text
    assert "Sign in" in text
