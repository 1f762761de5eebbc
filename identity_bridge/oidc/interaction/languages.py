"""The languages that a client wishes the pages to have (OpenID Connect Core, section 3.1.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_supported_language_variant

from identity_bridge.oidc.protocol import limits

if TYPE_CHECKING:
    from django.http import HttpResponse


def keep(response: HttpResponse, ui_locales: str) -> HttpResponse:
    """Set Django's language cookie to the first of the languages that the project has.

    The pages that follow are shown in it where LocaleMiddleware reads the cookie, those of the
    project too (as DefaultUiLocalesService does with ASP.NET Core's culture cookie).
    """
    language = _first_available(ui_locales)
    if language is not None:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def _first_available(ui_locales: str) -> str | None:
    if not settings.USE_I18N or len(ui_locales) > limits.UI_LOCALES:
        return None
    for tag in ui_locales.split():
        try:
            return get_supported_language_variant(tag.lower())
        except LookupError:
            continue
    return None
