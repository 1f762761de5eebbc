"""What a login or consent page may know about the request that brought somebody there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol.authorize_request import (
    AuthorizeRequest,
    check_request,
    client_id_of,
)
from identity_bridge.oidc.protocol.errors import ProtocolError

from .return_url import parameters_of

if TYPE_CHECKING:
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.parameters import Parameters


@dataclass(frozen=True, slots=True)
class AuthorizationContext:
    """Who asks, and how they want it (IIdentityServerInteractionService)."""

    request: AuthorizeRequest

    @property
    def client(self) -> Client:
        return self.request.client

    @property
    def is_app(self) -> bool:
        """Tell if the answer goes to a scheme of an app's own (IsNativeClient)."""
        return urlsplit(self.request.redirect_uri).scheme not in ("http", "https")

    @property
    def login_hint(self) -> str:
        return self.request.login_hint

    @property
    def acr_values(self) -> tuple[str, ...]:
        """The levels of sign-in that the client wishes for, the best first."""
        return tuple(dict.fromkeys((*self.request.claims.acr_values, *self.request.acr_values)))

    @property
    def idp(self) -> str:
        """The provider that the client wishes for (``acr_values=idp:…``), "" for any."""
        return self.request.idp

    @property
    def identity_provider_restrictions(self) -> frozenset[str]:
        """The other providers that the client takes; empty for all."""
        return self.client.identity_provider_restrictions

    @property
    def allows_local_login(self) -> bool:
        return self.client.enable_local_login


def checked_request(parameters: Parameters) -> AuthorizeRequest:
    """Return the request that the parameters make.

    :raises AuthorizeError:
    """
    try:
        client = store.find_client(client_id_of(parameters))
    except ProtocolError:
        client = None
    return check_request(
        parameters=parameters,
        client=client,
        resources=store.get_resources(),
        supports_create=bool(get_settings().OIDC_CREATE_ACCOUNT_URL),
    )


def authorization_context(url: str) -> AuthorizationContext | None:
    """Return why somebody is at a page with this return address; None if by themselves."""
    parameters = parameters_of(url)
    if parameters is None:
        return None
    try:
        return AuthorizationContext(checked_request(parameters))
    except ProtocolError:
        return None
