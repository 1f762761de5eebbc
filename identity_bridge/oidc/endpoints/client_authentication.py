"""The client of a request to an endpoint: limited, found, proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.debug import sensitive_variables

from identity_bridge.oidc.clients import authentication
from identity_bridge.oidc.clients.credentials import read_credentials, required
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.signin import rate_limit

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.parameters import Parameters


@sensitive_variables()
def client_of(request: HttpRequest, parameters: Parameters) -> Client:
    """Return the client that the request proves.

    Only failures are counted: a server that asks for many tokens is no attacker.

    :raises ProtocolError: ``invalid_request``, ``invalid_client``
    :raises RateLimited: too many failures of this address or at this client
    """
    authorization = request.headers.get("Authorization", "")
    credentials = required(read_credentials(parameters, authorization=authorization))
    # By address: nobody can lock a client out by guessing its secret from somewhere else.
    account = f"client {credentials.client_id} {rate_limit.client_address(request)}"
    rate_limit.refuse_if_limited(request=request, account=account)
    audiences = authentication.assertion_audiences(issuer_of(request))
    try:
        return authentication.authenticate_client(credentials, audiences=audiences)
    except ProtocolError:
        rate_limit.count_attempt(request=request, account=account)
        raise
