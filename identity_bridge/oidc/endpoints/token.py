"""POST /connect/token (RFC 6749, section 3.2)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.token_requests.request import TokenRequest
from identity_bridge.oidc.toolkit.server import token_server

from .client_authentication import client_of
from .http import endpoint, form_parameters, json_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("identity_bridge.oidc")


@endpoint("token", methods=["POST"], cors=True, bad_method=400, form_only=400)
@sensitive_variables()
def token(request: HttpRequest) -> HttpResponse:
    parameters = form_parameters(request)
    client = client_of(request, parameters)
    if client.require_dpop:
        raise ProtocolError(errors.INVALID_REQUEST, "DPoP is not supported")
    token_request = TokenRequest(
        parameters=parameters, client=client, issuer=issuer_of(request), http_request=request
    )
    members, status = token_server().respond(token_request)
    _log(client.client_id, parameters.get("grant_type", ("",))[0], members.get("error"))
    return json_response(members, status=status)


def _log(client_id: str, grant_type: str, error: str | None) -> None:
    """Issued tokens are logged and make no row: there may be thousands in a second."""
    grant_type = ascii(grant_type[: limits.GRANT_TYPE])
    if error is None:
        logger.info("event=token_issued client=%s grant_type=%s", ascii(client_id), grant_type)
    else:
        said = "event=token_refused client=%s grant_type=%s error=%s"
        logger.info(said, ascii(client_id), grant_type, error)
