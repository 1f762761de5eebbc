"""The language of the pages, and the choice of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client

import identity_bridge

from .conftest import LOGIN

LANGUAGE = "/account/language/"
OURS = Path(identity_bridge.__file__).parent / "locale/de/LC_MESSAGES/django.mo"
OF_OTHERS = Path(django.__file__).parent / "contrib/sites/locale/pt_BR/LC_MESSAGES/django.mo"
LOCALE = "django.middleware.locale.LocaleMiddleware"


@pytest.fixture
def two(settings: Any) -> None:
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], LOCALE, *settings.MIDDLEWARE[1:]]
    settings.LANGUAGES = [("en", "English"), ("de", "German")]


def test_a_page_speaks_the_language_of_the_browser(client: Client, two: None, db: None) -> None:
    english = client.get(LOGIN, headers={"accept-language": "en"}).content.decode()
    german = client.get(LOGIN, headers={"accept-language": "de"}).content.decode()
    assert '<html lang="en">' in english
    assert '<html lang="de">' in german
    assert "Sign in" in english
    assert "Anmelden" in german


def test_the_choice_is_kept(client: Client, two: None, db: None) -> None:
    answer = client.post(LANGUAGE, {"language": "de", "next": f"{LOGIN}?next=/x"})
    assert answer["Location"] == f"{LOGIN}?next=/x"
    text = client.get(LOGIN).content.decode()
    assert '<html lang="de">' in text
    assert 'value="de" lang="de" aria-describedby="languages" aria-current="true"' in text


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_the_choice_leads_nowhere_else(client: Client, two: None, target: str) -> None:
    answer = client.post(LANGUAGE, {"language": "de", "next": target})
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


@pytest.mark.parametrize("language", ["xx", "\x00", "x" * 100_000, ""])
def test_a_language_there_is_not_is_no_choice(client: Client, two: None, language: str) -> None:
    answer = client.post(LANGUAGE, {"language": language, "next": LOGIN})
    assert answer.status_code == 302
    assert "django_language" not in client.cookies


def test_without_the_middleware_there_is_nothing_to_choose(client: Client, db: None) -> None:
    assert LANGUAGE not in client.get(LOGIN).content.decode()


def test_one_language_is_no_choice(client: Client, two: None, settings: Any, db: None) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    assert LANGUAGE not in client.get(LOGIN).content.decode()


def add_catalogue(settings: Any, place: Path, name: str, catalogue: Path) -> None:
    folder = place / name / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(catalogue, folder / "django.mo")
    settings.LOCALE_PATHS = [place]


@pytest.mark.parametrize(("catalogue", "is_offered"), [(OURS, True), (OF_OTHERS, False)])
def test_a_translation_of_the_project_is_a_choice(
    client: Client,
    db: None,
    two: None,
    settings: Any,
    tmp_path: Path,
    catalogue: Path,
    is_offered: bool,
) -> None:
    add_catalogue(settings, tmp_path, "pt_BR", catalogue)
    settings.LANGUAGES = [("en", "English"), ("pt-br", "Brazilian Portuguese")]
    text = client.get(LOGIN, headers={"accept-language": "pt-BR"}).content.decode()
    assert ('value="pt-br" lang="pt-br"' in text) is is_offered


def test_a_language_that_django_does_not_know_has_the_name_the_project_gives(
    client: Client, db: None, two: None, settings: Any, tmp_path: Path
) -> None:
    add_catalogue(settings, tmp_path, "tlh", OURS)
    settings.LANGUAGES = [("en", "English"), ("tlh", "tlhIngan Hol")]
    assert ">tlhIngan Hol</button>" in client.get(LOGIN).content.decode()


def test_no_other_site_makes_the_choice() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LANGUAGE, {"language": "de"}).status_code == 403
