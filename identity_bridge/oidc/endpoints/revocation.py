"""POST /connect/revocation (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_variables

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import reference_tokens, refresh_tokens, revoking
from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single

from .client_authentication import client_of
from .http import endpoint, form_parameters

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import Client

HINTS = ("access_token", "refresh_token")


@endpoint("revocation", methods=["POST"], cors=True, form_only=415)
@sensitive_variables()
def revoke(request: HttpRequest) -> HttpResponse:
    """A wrong hint revokes all the same (section 2.1); a JWT has nothing to revoke."""
    parameters = form_parameters(request)
    client = client_of(request, parameters)
    token = single(parameters, "token")
    if not token:
        raise ProtocolError(errors.INVALID_REQUEST)
    hint = single(parameters, "token_type_hint")
    if hint and hint not in HINTS:
        raise ProtocolError(errors.UNSUPPORTED_TOKEN_TYPE)
    if len(token) <= limits.HANDLE:
        _revoke(token, client)
    return HttpResponse(status=200, headers=dict(NO_STORE))


@sensitive_variables()
def _revoke(token: str, client: Client) -> None:
    refresh = refresh_tokens.find(token)
    if refresh is not None:
        if refresh.application_id == store.application_id(client):
            revoking.revoke_family(refresh.family)
        return
    reference = reference_tokens.find(token)
    if reference is not None and reference.claims["client_id"] == client.client_id:
        revoking.revoke_reference_token(reference.row_id)
