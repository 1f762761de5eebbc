"""GET and POST /connect/authorize, and the way back to it from the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.oidc.headers import keep_opener
from identity_bridge.oidc.interaction.authorize import authorize as answer
from identity_bridge.oidc.interaction.errors import error_redirect
from identity_bridge.oidc.protocol.errors import ProtocolError

from .http import endpoint, form_parameters, query_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from identity_bridge.oidc.protocol.parameters import Parameters


@endpoint("authorize", methods=["GET", "POST"], form_only=415)
def authorize(request: HttpRequest) -> HttpResponse:
    read = form_parameters if request.method == "POST" else query_parameters
    return _answered(request, read)


@endpoint("authorize", methods=["GET"])
def callback(request: HttpRequest) -> HttpResponse:
    return _answered(request, query_parameters)


def _answered(request: HttpRequest, read: Callable[[HttpRequest], Parameters]) -> HttpResponse:
    try:
        response = answer(request, read(request))
    except ProtocolError as error:
        response = error_redirect(error.error, error.description)
    return keep_opener(response)
