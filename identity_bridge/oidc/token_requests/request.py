"""A token request whose client is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.protocol.resources import (
    check_indicators,
    grant_resources,
    implied_scopes,
    parse_scopes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import Client, Resources
    from identity_bridge.oidc.protocol.parameters import Parameters
    from identity_bridge.oidc.protocol.resources import GrantedResources


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    parameters: Parameters
    client: Client
    issuer: str
    http_request: HttpRequest | None = field(default=None, repr=False)

    def text(self, name: str, *, limit: int | None = None, error: str = "") -> str:
        """Return one parameter, "" without one.

        :raises ProtocolError: it came twice, or is longer than ``limit`` (``error``)
        """
        value = single(self.parameters, name)
        if limit is not None and len(value) > limit:
            raise ProtocolError(error or errors.INVALID_REQUEST)
        return value

    @property
    def resource_indicator(self) -> str | None:
        """The one API that the access token is for (RFC 8707, section 2.2).

        :raises ProtocolError: ``invalid_target``
        """
        indicators = check_indicators(self.parameters.get("resource", ()))
        if len(indicators) > 1:
            raise ProtocolError(
                errors.INVALID_TARGET,
                "Multiple resource indicators not supported on token endpoint.",
            )
        return indicators[0] if indicators else None

    def indicator_among(self, allowed: Sequence[str]) -> str | None:
        """Return ``resource_indicator``, which was asked for when the user was.

        :raises ProtocolError: ``invalid_target``
        """
        indicator = self.resource_indicator
        if indicator is not None and indicator not in allowed:
            raise ProtocolError(
                errors.INVALID_TARGET,
                "Resource indicator does not match any resource indicator in the original "
                "authorize request.",
            )
        return indicator

    def granted_now(self, resources: Resources, *, with_user: bool) -> GrantedResources:
        """Return what the client gets of the ``scope`` it asks for here and now, or of all it may
        have.

        :raises ProtocolError: ``invalid_scope``, ``invalid_target``
        """
        text = self.text("scope", limit=limits.SCOPE, error=errors.INVALID_SCOPE)
        scopes = parse_scopes(text) or implied_scopes(self.client, resources, with_user=with_user)
        indicator = self.resource_indicator
        try:
            granted = grant_resources(
                scopes=scopes,
                client=self.client,
                resources=resources,
                indicators=() if indicator is None else (indicator,),
            )
        except ProtocolError as error:
            raise ProtocolError(error.error) from None  # IdentityServer says no more either
        if not scopes:
            raise ProtocolError(errors.INVALID_SCOPE)
        return granted
