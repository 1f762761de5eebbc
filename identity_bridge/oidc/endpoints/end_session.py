"""GET and POST /connect/endsession, and the page of iframes beside the logged-out page."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_exempt

from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.interaction import languages
from identity_bridge.oidc.interaction.logout import END_SESSION_ID, iframe_uris, logout_url
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.protocol.redirect_uris import ascii_uri, origin_of

from .http import endpoint, form_parameters, query_parameters

if TYPE_CHECKING:
    from django.http import HttpRequest

_STYLE = "iframe{display:none}"
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()


@endpoint("end_session", methods=["GET", "POST"], form_only=415)
def end_session(request: HttpRequest) -> HttpResponse:
    read = form_parameters if request.method == "POST" else query_parameters
    parameters = read(request)
    response = HttpResponseRedirect(logout_url(request, parameters))
    return languages.keep(response, single(parameters, "ui_locales"))


@xframe_options_exempt
@endpoint("end_session", methods=["GET"])
def callback(request: HttpRequest) -> HttpResponse:
    uris = iframe_uris(request, single(query_parameters(request), END_SESSION_ID))
    if not uris:
        return HttpResponse(status=400, headers=dict(NO_STORE))
    frames = format_html_join("\n", '<iframe src="{}"></iframe>', ((uri,) for uri in uris))
    page = format_html(
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>…</title>'
        "<style>{}</style></head><body>\n{}\n</body></html>",
        mark_safe(_STYLE),  # noqa: S308 - a constant
        frames,
    )
    origins = " ".join(dict.fromkeys(origin_of(ascii_uri(uri)) for uri in uris))
    headers = {
        **NO_STORE,
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-src {origins}"
        ),
    }
    return HttpResponse(page, content_type="text/html; charset=UTF-8", headers=headers)
