"""POST /connect/deviceauthorization (RFC 8628, section 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import resolve_url
from django.views.decorators.debug import sensitive_variables

from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import device_codes
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.configuration import GrantType
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.protocol.redirect_uris import origin_of
from identity_bridge.oidc.protocol.resources import (
    check_indicators,
    grant_resources,
    implied_scopes,
    parse_scopes,
)

from .client_authentication import client_of
from .http import endpoint, form_parameters, json_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

USER_CODE = "userCode"


@endpoint("device_authorization", methods=["POST"], bad_method=400, form_only=400)
@sensitive_variables()
def authorize_device(request: HttpRequest) -> HttpResponse:
    parameters = form_parameters(request)
    client = client_of(request, parameters)
    if not client.allows(GrantType.DEVICE_CODE):
        raise ProtocolError(errors.UNAUTHORIZED_CLIENT)
    text = single(parameters, "scope")
    if len(text) > limits.SCOPE:
        raise ProtocolError(errors.INVALID_SCOPE)
    resources = store.get_resources()
    scopes = parse_scopes(text) or implied_scopes(client, resources, with_user=True)
    granted = grant_resources(
        scopes=scopes,
        client=client,
        resources=resources,
        indicators=check_indicators(parameters.get("resource", ())),
        keep_shared="offline_access" in scopes,
    )
    if granted.identity_resources and not granted.is_openid:
        raise ProtocolError(errors.INVALID_SCOPE)
    device_code, user_code, interval = device_codes.give_out(client, granted)
    page = f"{origin_of(issuer_of(request))}{resolve_url(get_settings().OIDC_DEVICE_URL)}"
    return json_response(
        {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({USER_CODE: user_code})}",
            "expires_in": client.device_code_lifetime,
            "interval": interval,
        }
    )
