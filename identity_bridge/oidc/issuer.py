"""The issuer: who all tokens say they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.conf import get_settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def issuer_of(request: HttpRequest) -> str:
    """Return OIDC_ISSUER, or the address this request came to, in lower case."""
    configured = get_settings().OIDC_ISSUER
    if configured:
        return configured
    return f"{request.scheme}://{request.get_host()}{request.META.get('SCRIPT_NAME', '')}".lower()
