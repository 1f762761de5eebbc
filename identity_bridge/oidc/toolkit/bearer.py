"""Access tokens of requests, checked by the validator that django-oauth-toolkit is set to use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauth2_provider.settings import oauth2_settings
from oauthlib.common import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest


def bearer_token(request: HttpRequest) -> str | None:
    """Return the token of the Authorization header, "" if it is empty, None without one.

    Never of the query or the form (RFC 9700, section 4.3.2; RFC 6750, section 2.2).
    """
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def validate(request: HttpRequest, token: str, scopes: Iterable[str]) -> Any:
    """Return the validated request of oauthlib with ``user``, ``client`` and ``access_token``;
    None if the token is not good for these scopes."""
    validator = oauth2_settings.OAUTH2_VALIDATOR_CLASS()
    asked = Request(request.build_absolute_uri(), request.method or "GET", None, {})
    asked.user = asked.client = asked.access_token = None
    return asked if validator.validate_bearer_token(token, list(scopes), asked) else None
