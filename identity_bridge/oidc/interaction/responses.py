"""Answers that travel through the browser."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join

from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.protocol.authorize_response import redirect_location
from identity_bridge.oidc.protocol.redirect_uris import ascii_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from identity_bridge.oidc.protocol.authorize_request import AuthorizeRequest

_SUBMIT = "window.addEventListener('load',function(){document.forms[0].submit();});"
_SUBMIT_HASH = b64encode(sha256(_SUBMIT.encode()).digest()).decode()


def to_client(
    request: AuthorizeRequest, parameters: Mapping[str, str], *, is_error: bool = False
) -> HttpResponse:
    """Return the answer in the response mode of the request."""
    if request.response_mode == "form_post":
        return _form_post(request.redirect_uri, parameters)
    location = redirect_location(
        request.redirect_uri, parameters, mode=request.response_mode, is_error=is_error
    )
    return redirect_to_client(location)


def redirect_to_client(location: str) -> HttpResponse:
    """Return a redirect to a registered address; a header takes ASCII only."""
    response = HttpResponse(status=302, headers=dict(NO_STORE))
    # Not HttpResponseRedirect: it refuses the schemes of native apps, which are registered here.
    response["Location"] = ascii_uri(location)
    return response


def _form_post(redirect_uri: str, parameters: Mapping[str, str]) -> HttpResponse:
    """Return a page that sends itself (OAuth 2.0 Form Post Response Mode)."""
    fields = format_html_join(
        "\n", '<input type="hidden" name="{}" value="{}">', parameters.items()
    )
    page = format_html(
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>…</title></head><body>'
        '<form method="post" action="{}">\n{}\n'
        "<noscript><button>Go on</button></noscript></form><script>{}</script></body></html>",
        redirect_uri,
        fields,
        _script(),
    )
    headers = {
        **NO_STORE,
        "Content-Security-Policy": f"default-src 'none'; script-src 'sha256-{_SUBMIT_HASH}'",
        "Referrer-Policy": "no-referrer",
    }
    return HttpResponse(page, content_type="text/html; charset=UTF-8", headers=headers)


def _script() -> str:
    from django.utils.safestring import mark_safe

    return mark_safe(_SUBMIT)  # noqa: S308 - a constant
