"""oauthlib's token endpoint with IdentityServer's grants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.module_loading import import_string
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.endpoints import TokenEndpoint
from oauthlib.oauth2.rfc6749.errors import OAuth2Error, UnsupportedGrantTypeError
from oauthlib.oauth2.rfc6749.grant_types import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from oauthlib.oauth2.rfc6749.tokens import TokenBase

from identity_bridge.conf import get_settings
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.configuration import GrantType
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.token_requests import device_code, password, users
from identity_bridge.oidc.token_requests.answer import answer

from .validator import IdentityServerValidator, as_oauth_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from identity_bridge.oidc.token_requests.answer import Outcome
    from identity_bridge.oidc.token_requests.request import TokenRequest

#: All that oauthlib is told of a request: it makes an attribute of every parameter there is.
_PARAMETERS = ("grant_type", "redirect_uri")
#: These as ``PRESENTED``: it writes them into its log.
_SECRET_PARAMETERS = ("code", "refresh_token")
PRESENTED = "presented"


class TokenHandler(TokenBase):  # type: ignore[misc]
    """Makes the tokens that the outcome of a grant asks for."""

    __slots__ = ()

    def create_token(self, request: Any, refresh_token: bool = False) -> dict[str, Any]:
        if request.outcome.complete is None:
            return Unlogged(answer(request.outcome))
        ring.make_sure()
        # What was presented is used up and what is given out is stored, or neither.
        with as_oauth_error(), transaction.atomic():
            return Unlogged(answer(request.outcome))


class Unlogged(dict[str, Any]):
    """An answer that oauthlib may write into its log."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class FlowGrant(GrantTypeBase):  # type: ignore[misc]
    """A grant that is one function: request -> outcome."""

    def __init__(self, validator: Any, check: Callable[[TokenRequest], Outcome]) -> None:
        super().__init__(validator)
        self.check = check

    def create_token_response(
        self, request: Any, token_handler: Any
    ) -> tuple[dict[str, str], str, int]:
        self.validate_client_authentication(request)
        self.validate_grant_type(request)
        with as_oauth_error():
            request.outcome = self.check(request.token_request)
            user = request.outcome.bearer.user
            # For the grants of a project too, which may not have asked.
            if user is not None and not users.is_active(user, request.client):
                raise ProtocolError(errors.INVALID_GRANT)
        return {}, json.dumps(token_handler.create_token(request)), 200


class _Unsupported(GrantTypeBase):  # type: ignore[misc]
    def create_token_response(self, request: Any, token_handler: Any) -> Any:
        raise UnsupportedGrantTypeError(request=request)


class TokenServer(TokenEndpoint):  # type: ignore[misc]
    """Dispatches token requests to the grants."""

    def __init__(self) -> None:
        validator = IdentityServerValidator()
        grants: dict[str, Any] = {
            GrantType.AUTHORIZATION_CODE: AuthorizationCodeGrant(validator),
            GrantType.CLIENT_CREDENTIALS: ClientCredentialsGrant(validator),
            GrantType.REFRESH_TOKEN: RefreshTokenGrant(validator),
            GrantType.PASSWORD: FlowGrant(validator, password.check),
            GrantType.DEVICE_CODE: FlowGrant(validator, device_code.check),
        }
        for grant_type, path in get_settings().OIDC_EXTENSION_GRANTS.items():
            grants[grant_type] = FlowGrant(validator, import_string(path))
        super().__init__(
            default_grant_type="",
            default_token_type=TokenHandler(),
            grant_types=grants | {"": _Unsupported(validator)},
        )

    def respond(self, token_request: TokenRequest) -> tuple[dict[str, Any], int]:
        """Return the members of the answer and its status."""
        try:
            grant_type = token_request.text(
                "grant_type",
                limit=limits.GRANT_TYPE,
                error=errors.UNSUPPORTED_GRANT_TYPE,
            )
            request = self._request(token_request)
            handler = self.grant_types.get(grant_type, self.default_grant_type_handler)
            _headers, body, status = handler.create_token_response(request, self.default_token_type)
        except ProtocolError as error:
            return _error(error.error, error.description), 400
        except OAuth2Error as error:
            return _error(error.error, error.description), 400
        members: dict[str, Any] = json.loads(body)
        return members, status

    def _request(self, token_request: TokenRequest) -> Any:
        given = [
            (name, token_request.parameters[name][0])
            for name in _PARAMETERS
            if token_request.parameters.get(name)
        ]
        given += [
            (name, PRESENTED) for name in _SECRET_PARAMETERS if token_request.parameters.get(name)
        ]
        request = Request(token_request.issuer, "POST", given, {})
        # An empty code is one that does not exist, not a request without one.
        request.code = request.code or ""
        request.scopes = None
        request.token_request = token_request
        request.client = token_request.client
        request.client_id = token_request.client.client_id
        return request


def _error(error: str, description: str | None) -> dict[str, str]:
    return {"error": error} | ({"error_description": description} if description else {})


_server: TokenServer | None = None


def token_server() -> TokenServer:
    """Return the server of this process."""
    global _server
    if _server is None:
        _server = TokenServer()
    return _server


def forget() -> None:
    """Make a new one: the settings have changed."""
    global _server
    _server = None
