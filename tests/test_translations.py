"""The pages, mails and the admin in German: nothing is left out, nothing is left in English."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES

from .account.conftest import CODES, KEY, PASSWORD
from .account.surface import addresses
from .catalogues import LOCALE, Entry, compiled, read_compiled, read_source
from .page_texts import check_german, check_german_answer, texts

CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+>")

each_catalogue = pytest.mark.parametrize(
    "path", CATALOGUES, ids=lambda path: path.parent.parent.name
)


def test_there_is_german() -> None:
    assert "de" in {path.parent.parent.name for path in CATALOGUES}


@each_catalogue
def test_every_text_is_translated(path: Path) -> None:
    left = [entry.source for entry in read_source(path) if not all(entry.translation)]
    assert left == []


@each_catalogue
def test_no_translation_is_guessed_or_out_of_use(path: Path) -> None:
    found = [entry for entry in read_source(path) if entry.is_obsolete or "fuzzy" in entry.flags]
    assert found == []


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDERS.findall(text))


def fits(entry: Entry) -> bool:
    """Tell if every form of the translation has a place for what the source puts in."""
    allowed = [placeholders(text) for text in entry.source]
    same_edges = all(
        text[:1].isspace() == entry.source[0][:1].isspace()
        and text[-1:].isspace() == entry.source[0][-1:].isspace()
        for text in entry.translation
    )
    return same_edges and all(placeholders(text) in allowed for text in entry.translation)


@each_catalogue
def test_what_is_put_in_has_its_place(path: Path) -> None:
    _header, *entries = read_source(path)
    assert [entry.source for entry in entries if not fits(entry)] == []


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        (["to %(name)s"], ["zu"]),
        (["to %(name)s"], ["zu %(nam)s"]),
        (["%d left", "%d left"], ["noch %d", "noch"]),
        (["'{0}'"], ["„{1}“"]),
        (["<strong>%(code)s</strong>"], ["<b>%(code)s</b>"]),
        (["x "], ["x"]),
    ],
)
def test_what_has_no_place_is_seen(source: list[str], translation: list[str]) -> None:
    assert not fits(Entry(source=source, translation=translation))


@each_catalogue
def test_what_runs_is_what_was_translated(path: Path) -> None:
    _header, *entries = read_source(path)
    runs = read_compiled(path.with_suffix(".mo"))
    runs.pop("")
    assert runs == compiled(entries), "run django-admin compilemessages in identity_bridge"


@pytest.mark.skipif(not shutil.which("xgettext"), reason="COMPLETENESS NOT TESTED: no xgettext")
@each_catalogue
def test_a_catalogue_has_the_texts_of_the_source_and_no_others(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "identity_bridge"
    ignored = shutil.ignore_patterns("__pycache__", "*.po", "*.mo")
    shutil.copytree(LOCALE.parent, copy, ignore=ignored)
    language = path.parent.parent.name
    environment = {**os.environ}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        # -P: the folder has modules of its own, which are not to be taken for others.
        [sys.executable, "-P", "-m", "django", "makemessages", "-l", language, "--no-wrap"],
        cwd=copy,
        env=environment,
        check=True,
        capture_output=True,
    )
    wanted = {entry.key for entry in read_source(copy / path.relative_to(LOCALE.parent))}
    found = {entry.key for entry in read_source(path)}
    hint = "run django-admin makemessages --all --no-location --no-wrap in identity_bridge"
    assert found - wanted == set(), hint
    assert wanted - found == set(), hint


@pytest.fixture
def in_two_languages(settings: Any) -> None:
    place = settings.MIDDLEWARE.index(SESSIONS) + 1
    middleware = [*settings.MIDDLEWARE]
    middleware.insert(place, "django.middleware.locale.LocaleMiddleware")
    settings.MIDDLEWARE = middleware
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


@pytest.fixture
def ada(db: None, in_two_languages: None) -> User:
    """She has what makes pages long: a second factor and recovery codes."""
    user = User.objects.create_user(
        "ada", "ada@example.org", PASSWORD, email_confirmed=True, two_factor_enabled=True
    )
    for name, value in ((AUTHENTICATOR_KEY, KEY), (RECOVERY_CODES, CODES)):
        UserToken.objects.create(
            user=user, login_provider=INTERNAL_PROVIDER, name=name, value=value
        )
    return user


@pytest.mark.parametrize("name", addresses())
def test_a_page_speaks_german(client: Client, ada: User, name: str) -> None:
    path = addresses()[name]
    check_german(client, path)
    client.force_login(ada)
    check_german(client, path)


def test_pages_have_texts_to_look_at(client: Client, ada: User) -> None:
    assert check_german(client, addresses()["login"]) > 5
    client.force_login(ada)
    assert check_german(client, addresses()["profile"]) > 20


@pytest.mark.parametrize("page", ["login", "register"])
def test_what_is_refused_is_refused_in_german(client: Client, ada: User, page: str) -> None:
    given = {"username": "ada", "password": "a", "email": "ada"}
    english, german = (
        client.post(addresses()[page], given, headers={"accept-language": language})
        for language in ("en", "de")
    )
    assert german.status_code == english.status_code
    assert check_german_answer(english, german) > 5


def test_english_on_a_german_page_is_seen() -> None:
    page = '<title>Passwort</title><h1>Password</h1><a aria-label="Go">1</a><bdi>ada</bdi>'
    assert texts(page) == {"Passwort", "Password", "Go"}
    assert texts(page, "h1") == {"Password"}
    assert texts(page, "title") == {"Passwort"}
    assert texts('<p data-failed="Try again">') == {"Try again"}
