"""GET and POST /connect/authorize, and the way back to it from the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse

from identity_bridge.oidc.headers import keep_opener
from identity_bridge.oidc.interaction.authorize import authorize as answer
from identity_bridge.oidc.interaction.errors import error_redirect
from identity_bridge.oidc.interaction.return_url import MAX_CHARACTERS, return_url
from identity_bridge.oidc.protocol.errors import ProtocolError

from .http import endpoint, form_parameters, query_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.parameters import Parameters


@endpoint("authorize", methods=["GET", "POST"], form_only=415)
def authorize(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _answered(request, query_parameters)
    return _sent_again(request) or _answered(request, form_parameters)


@endpoint("authorize", methods=["GET"])
def callback(request: HttpRequest) -> HttpResponse:
    return _answered(request, query_parameters)


def _answered(request: HttpRequest, read: Callable[[HttpRequest], Parameters]) -> HttpResponse:
    try:
        response = answer(request, read(request))
    except ProtocolError as error:
        response = error_redirect(error.error, error.description)
    return keep_opener(response)


def _sent_again(request: HttpRequest) -> HttpResponse | None:
    """Have a form of another site sent as a GET, where the session cookie did not come with it:
    browsers keep a ``SameSite=Lax`` cookie back from such a POST."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        return None
    try:
        address = return_url(form_parameters(request))
    except ProtocolError:
        return None
    if len(address) > MAX_CHARACTERS:
        return None
    return keep_opener(HttpResponse(status=303, headers={"Location": address}))
