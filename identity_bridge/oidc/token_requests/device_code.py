"""A device that polls (RFC 8628, sections 3.4 and 3.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from identity_bridge.oidc import security_stamp
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import device_codes
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.resources import known_resources
from identity_bridge.oidc.tokens.issuing import Bearer

from . import users

if TYPE_CHECKING:
    from .answer import Outcome
    from .request import TokenRequest


def check(request: TokenRequest) -> Outcome:
    """Return what the request leads to, once the user has said yes; once.

    :raises ProtocolError: also while the user has not
    """
    client = request.client
    code = request.text("device_code", limit=limits.HANDLE, error=errors.INVALID_GRANT)
    if not code:
        raise ProtocolError(errors.INVALID_REQUEST)
    device = device_codes.find_by_device_code(code)
    if device is None or device.client_id != client.client_id:
        raise ProtocolError(errors.INVALID_GRANT)
    if device_codes.is_polled_too_fast(device):
        raise ProtocolError(errors.SLOW_DOWN)
    if device.is_expired:
        raise ProtocolError(errors.EXPIRED_TOKEN)
    if device.status == device_codes.DENIED:
        raise ProtocolError(errors.ACCESS_DENIED)
    if device.user is None or device.signed_in is None:
        raise ProtocolError(errors.AUTHORIZATION_PENDING)
    if not users.is_active(device.user, client):
        raise ProtocolError(errors.INVALID_GRANT)
    if not security_stamp.is_current(device.user, device.stamp):
        raise ProtocolError(errors.INVALID_GRANT)
    known = known_resources(scopes=device.scopes, resources=store.get_resources())
    granted = replace(known, resource_indicators=device.resource_indicators)
    request.indicator_among(device.resource_indicators)

    def use_up() -> None:
        if not device_codes.consume(device):
            raise ProtocolError(errors.INVALID_GRANT)

    bearer = Bearer(user=device.user, signed_in=device.signed_in)
    return users.first_outcome(request, bearer=bearer, granted=granted, use_up=use_up)
