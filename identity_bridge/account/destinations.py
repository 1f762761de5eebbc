"""Where to go next: within this site only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest


def checked(request: HttpRequest, target: str) -> str:
    """Return the address if it is one of this site, else ""."""
    is_here = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_here else ""


def destination(request: HttpRequest, target: str) -> str:
    """Return where to go: looked at again, since a session outlives the name of a host."""
    return checked(request, target) or resolve_url(settings.LOGIN_REDIRECT_URL)
