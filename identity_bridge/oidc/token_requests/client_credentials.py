"""A client that asks for itself (RFC 6749, section 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.errors import ProtocolError

from .answer import Outcome

if TYPE_CHECKING:
    from .request import TokenRequest


def check(request: TokenRequest) -> Outcome:
    """Return what the request leads to; no statement where the configuration is in memory.

    :raises ProtocolError:
    """
    granted = request.granted_now(store.get_resources(), with_user=False)
    if granted.offline_access or granted.identity_resources:
        raise ProtocolError(errors.INVALID_SCOPE)
    return Outcome(
        client=request.client,
        issuer=request.issuer,
        granted=granted.for_resource(request.resource_indicator),
    )
