"""POST /connect/introspect (RFC 7662, RFC 9701): an API, or the client a token was given to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_variables

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.clients import authentication
from identity_bridge.oidc.clients.credentials import read_credentials
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import refresh_tokens
from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol import errors, limits, token_contents
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.sessions import coordination
from identity_bridge.oidc.tokens import presented
from identity_bridge.signin import rate_limit

from .http import endpoint, form_parameters, json_response

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import ApiResource, Client

INACTIVE = {"active": False}


@endpoint("introspection", methods=["POST"], form_only=415)
@sensitive_variables()
def introspect(request: HttpRequest) -> HttpResponse:
    parameters = form_parameters(request)
    caller = _caller(request, parameters)
    if caller is None:
        return HttpResponse(status=401, headers=dict(NO_STORE))
    token = single(parameters, "token")
    if not token:
        raise ProtocolError(errors.INVALID_REQUEST)
    found = _about(token, caller, issuer=issuer_of(request))
    if token_contents.INTROSPECTION_TYPE in request.headers.get("Accept", ""):
        return _signed(found, issuer=issuer_of(request), audience=_name(caller))
    return json_response(found)


@sensitive_variables()
def _caller(request: HttpRequest, parameters: Any) -> ApiResource | Client | None:
    """Return who asks: an API by its secret, or a confidential client."""
    authorization = request.headers.get("Authorization", "")
    credentials = read_credentials(parameters, authorization=authorization)
    if credentials is None:
        return None
    account = f"client {credentials.client_id} {rate_limit.client_address(request)}"
    rate_limit.refuse_if_limited(request=request, account=account)
    audiences = authentication.assertion_audiences(issuer_of(request))
    api = authentication.authenticate_api(credentials, audiences=audiences)
    if api is not None:
        return api
    try:
        return authentication.authenticate_client(
            credentials, audiences=audiences, allow_public=False
        )
    except ProtocolError:
        rate_limit.count_attempt(request=request, account=account)
        return None


@sensitive_variables()
def _about(token: str, caller: ApiResource | Client, *, issuer: str) -> dict[str, Any]:
    if len(token) > limits.JWT:
        return INACTIVE
    is_client = hasattr(caller, "client_id")
    found = presented.access_token(token, issuer=issuer)
    if found is not None:
        if is_client:
            if found.client.client_id != caller.client_id:  # type: ignore[union-attr]
                return INACTIVE
            return token_contents.introspection(
                found.claims,
                scopes=found.scopes,
                token_type="access_token",  # noqa: S106
            )
        own = [scope for scope in found.scopes if scope in caller.scopes]  # type: ignore[union-attr]
        if not own:
            return INACTIVE
        return token_contents.introspection(found.claims, scopes=own)
    return _refresh_token(token, caller) if is_client else INACTIVE


@sensitive_variables()
def _refresh_token(token: str, caller: Any) -> dict[str, Any]:
    if len(token) > limits.HANDLE:
        return INACTIVE
    refresh = refresh_tokens.find(token)
    if (
        refresh is None
        or refresh.application_id != store.application_id(caller)
        or refresh.consumed is not None
        or refresh.expires <= clock.moment()
        or not get_adapter().is_active(user=refresh.user, client=caller)
        or not security_stamp.is_current(refresh.user, refresh.stamp)
        or not coordination.may_go_on(
            caller,
            refresh.signed_in.session_id,
            lifetime=timedelta(seconds=caller.access_token_lifetime),
        )
    ):
        return INACTIVE
    claims = {
        **token_contents.authentication_claims(refresh.signed_in),
        "client_id": caller.client_id,
        "iat": int(refresh.created.timestamp()),
        "exp": int(refresh.expires.timestamp()),
    }
    return token_contents.introspection(
        claims,
        scopes=refresh.scopes,
        token_type="refresh_token",  # noqa: S106
    )


def _signed(found: dict[str, Any], *, issuer: str, audience: str) -> HttpResponse:
    claims = {
        "iss": issuer,
        "aud": audience,
        "iat": clock.seconds(),
        "token_introspection": found,
    }
    return HttpResponse(
        jwt.sign(claims, typ=token_contents.INTROSPECTION_TYPE),
        content_type=f"application/{token_contents.INTROSPECTION_TYPE}",
        headers=dict(NO_STORE),
    )


def _name(caller: ApiResource | Client) -> str:
    return str(getattr(caller, "client_id", None) or caller.name)  # type: ignore[union-attr]
