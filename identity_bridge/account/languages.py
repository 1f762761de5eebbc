"""The choice of a language, at the foot of every page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language, get_language_info, to_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from .page import page

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_SOURCE = "en"
#: Who translates this has translated these pages.
_SAMPLE = "Keep me signed in"
_MIDDLEWARE = "django.middleware.locale.LocaleMiddleware"


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    code: str
    name: str
    """In that language."""
    is_current: bool


def choices() -> list[Language]:
    """Return the languages that the project has and the pages are translated into.

    None where there is nothing to choose: one language, or no LocaleMiddleware to obey.
    """
    if _MIDDLEWARE not in settings.MIDDLEWARE:
        return []
    current = get_language()
    translated = _translated(tuple(map(str, settings.LOCALE_PATHS)))
    found = [
        Language(code=code, name=_own_name(code) or str(name), is_current=code == current)
        for code, name in settings.LANGUAGES
        if code in translated
    ]
    return found if len(found) > 1 else []


def _own_name(code: str) -> str | None:
    """Return what a language calls itself, None for one that Django does not know."""
    try:
        name: str = get_language_info(code)["name_local"]
    except KeyError:
        return None
    return name


@cache
def _translated(own: tuple[str, ...]) -> frozenset[str]:
    """Return the languages that these pages have a catalogue in, here or in folders of the project.

    The files are asked, not Django: it keeps each language in memory that it was asked about, and
    answers for one that lacks a text in the default language.
    """
    files = (
        path
        for folder in (_LOCALE, *map(Path, own))
        for path in folder.glob("*/LC_MESSAGES/django.mo")
    )
    found = (to_language(path.parent.parent.name) for path in files if _has_these_pages(path))
    return frozenset({_SOURCE, *found})


def _has_these_pages(catalogue: Path) -> bool:
    with catalogue.open("rb") as file:
        return GNUTranslations(file).gettext(_SAMPLE) != _SAMPLE


@require_POST
@page
def language(request: HttpRequest) -> HttpResponseBase:
    """Keep the choice in Django's language cookie, and go back."""
    response: HttpResponseBase = set_language(request)
    return response
