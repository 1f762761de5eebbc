"""Errors that are shown to the person: on a page of ours, with an id that is in the log too."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url

from identity_bridge.conf import get_settings

if TYPE_CHECKING:
    from django.http import HttpResponse

logger = logging.getLogger("identity_bridge.oidc")

_SALT = "identity_bridge.oidc.error"
MAX_AGE = 3600
PARAMETER = "errorId"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownError:
    """What the error page says."""

    id: str
    error: str
    description: str
    client_id: str


def error_redirect(error: str, description: str = "", *, client_id: str = "") -> HttpResponse:
    """Log the error and send the person to the error page."""
    error_id = secrets.token_hex(8)
    logger.warning(
        "event=authorize_error id=%s error=%s description=%s client=%s",
        error_id,
        error,
        ascii(description),
        ascii(client_id),
    )
    message = signing.dumps([error_id, error, description, client_id], salt=_SALT, compress=True)
    url = resolve_url(get_settings().OIDC_ERROR_URL)
    return HttpResponseRedirect(f"{url}?{urlencode({PARAMETER: message})}")


def shown_error(message: str) -> ShownError | None:
    """Return what the error page was sent, None if it was not sent by us, or long ago."""
    if len(message) > 4096:
        return None
    try:
        found: Any = signing.loads(message, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    error_id, error, description, client_id = found
    return ShownError(id=error_id, error=error, description=description, client_id=client_id)
