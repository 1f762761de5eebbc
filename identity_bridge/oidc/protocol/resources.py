"""Which of the scopes asked for a client gets, and which APIs they belong to.

Scopes name identity resources (data about the user) and API scopes; API resources own API scopes
and become the audience. RFC 8707 resource indicators narrow the audience.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from . import errors, limits
from .configuration import (
    OFFLINE_ACCESS_SCOPE,
    OPENID_SCOPE,
    ApiResource,
    ApiScope,
    Client,
    IdentityResource,
    Resources,
)
from .errors import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedResources:
    """Scopes a client may have, with what they mean."""

    scopes: tuple[str, ...] = ()
    """As asked for, each once, in the order of the request."""
    identity_resources: tuple[IdentityResource, ...] = ()
    api_scopes: tuple[ApiScope, ...] = ()
    api_resources: tuple[ApiResource, ...] = ()
    resource_indicators: tuple[str, ...] = ()

    @property
    def offline_access(self) -> bool:
        return OFFLINE_ACCESS_SCOPE in self.scopes

    @property
    def is_openid(self) -> bool:
        return OPENID_SCOPE in self.scopes

    @property
    def audiences(self) -> tuple[str, ...]:
        return tuple(resource.name for resource in self.api_resources)

    @property
    def identity_claim_types(self) -> tuple[str, ...]:
        """The claims that the granted identity resources ask for."""
        return _claim_types(self.identity_resources)

    @property
    def access_token_claim_types(self) -> tuple[str, ...]:
        """The claims that the granted API resources and API scopes ask for."""
        return _claim_types((*self.api_resources, *self.api_scopes))

    @property
    def required_scopes(self) -> frozenset[str]:
        """The scopes a user cannot leave out."""
        shown: tuple[IdentityResource | ApiScope, ...]
        shown = (*self.identity_resources, *self.api_scopes)
        return frozenset(scope.name for scope in shown if scope.required)

    def only(self, scopes: Iterable[str]) -> GrantedResources:
        """Return what is left when the user allows these scopes only."""
        kept = frozenset(scopes)
        api_scopes = tuple(scope for scope in self.api_scopes if scope.name in kept)
        names = frozenset(scope.name for scope in api_scopes)
        return replace(
            self,
            scopes=tuple(scope for scope in self.scopes if scope in kept),
            identity_resources=tuple(r for r in self.identity_resources if r.name in kept),
            api_scopes=api_scopes,
            api_resources=tuple(r for r in self.api_resources if r.scopes & names),
        )

    def for_resource(self, indicator: str | None) -> GrantedResources:
        """Return what one access token gets: everything that is not isolated, or one API alone.

        The scope list of a token for one API holds that API's scopes, and offline_access.
        """
        if indicator is None:
            shared = tuple(r for r in self.api_resources if not r.require_resource_indicator)
            return replace(self, api_resources=shared)
        apis = tuple(r for r in self.api_resources if r.name == indicator)
        owned = frozenset(name for api in apis for name in api.scopes)
        return replace(
            self,
            scopes=tuple(s for s in self.scopes if s in owned or s == OFFLINE_ACCESS_SCOPE),
            identity_resources=(),
            api_scopes=tuple(scope for scope in self.api_scopes if scope.name in owned),
            api_resources=apis,
        )


def _claim_types(
    resources: Sequence[IdentityResource | ApiScope | ApiResource],
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in resources for name in one.user_claims))


def parse_scopes(text: str) -> tuple[str, ...]:
    """Return the scopes of a space-separated list, each once."""
    return tuple(dict.fromkeys(scope for scope in text.split(" ") if scope))


def grant_resources(
    *,
    scopes: Sequence[str],
    client: Client,
    resources: Resources,
    indicators: Sequence[str] = (),
    keep_shared: bool = False,
) -> GrantedResources:
    """Check the scopes asked for against client and configuration (ResourceValidator).

    ``keep_shared``: beside the APIs that ``indicators`` name keep those that need no indicator,
    for a refresh token that will be used for them later.

    :raises ProtocolError: ``invalid_target`` for an unknown API, ``invalid_scope`` for a scope
        that does not exist, is disabled, or that this client may not ask for.
    """
    identity, api_scopes = [], []
    for scope in scopes:
        if scope == OFFLINE_ACCESS_SCOPE:
            continue
        if (found := resources.identity_resources.get(scope)) is not None and found.enabled:
            identity.append(found)
        elif (api := resources.api_scopes.get(scope)) is not None and api.enabled:
            api_scopes.append(api)
    names = frozenset(scope.name for scope in api_scopes)
    apis = [r for r in resources.api_resources.values() if r.enabled and r.scopes & names]
    if indicators:
        apis = [
            api
            for api in apis
            if api.name in indicators or (keep_shared and not api.require_resource_indicator)
        ]
        if set(indicators) - {api.name for api in apis}:
            raise ProtocolError(errors.INVALID_TARGET, "Invalid resource indicator")
    else:
        apis = [api for api in apis if not api.require_resource_indicator]
    known = names | {resource.name for resource in identity}
    for scope in scopes:
        allowed = (
            client.allow_offline_access
            if scope == OFFLINE_ACCESS_SCOPE
            else scope in known and scope in client.allowed_scopes
        )
        if not allowed:
            raise ProtocolError(errors.INVALID_SCOPE, "Invalid scope")
    return GrantedResources(
        scopes=tuple(scopes),
        identity_resources=tuple(identity),
        api_scopes=tuple(api_scopes),
        api_resources=tuple(apis),
        resource_indicators=tuple(indicators),
    )


def known_resources(*, scopes: Sequence[str], resources: Resources) -> GrantedResources:
    """Return what scopes granted earlier mean now; those that are gone or disabled are left out."""
    identity = (resources.identity_resources.get(scope) for scope in scopes)
    found = (resources.api_scopes.get(scope) for scope in scopes)
    api_scopes = tuple(scope for scope in found if scope is not None and scope.enabled)
    names = frozenset(scope.name for scope in api_scopes)
    known_identity = tuple(r for r in identity if r is not None and r.enabled)
    known = names | {resource.name for resource in known_identity} | {OFFLINE_ACCESS_SCOPE}
    return GrantedResources(
        scopes=tuple(scope for scope in scopes if scope in known),
        identity_resources=known_identity,
        api_scopes=api_scopes,
        api_resources=tuple(
            r for r in resources.api_resources.values() if r.enabled and r.scopes & names
        ),
    )


def implied_scopes(client: Client, resources: Resources, *, with_user: bool) -> tuple[str, ...]:
    """Return the scopes of a token request that names none: all the client is allowed to.

    Without a user API scopes only.
    """
    allowed = client.allowed_scopes
    scopes = [s.name for s in resources.api_scopes.values() if s.enabled and s.name in allowed]
    if with_user:
        scopes += [
            r.name for r in resources.identity_resources.values() if r.enabled and r.name in allowed
        ]
        if client.allow_offline_access:
            scopes.append(OFFLINE_ACCESS_SCOPE)
    return tuple(scopes)


def check_indicators(indicators: Sequence[str]) -> tuple[str, ...]:
    """Return the resource indicators of a request: absolute URIs, no fragment (RFC 8707, 2).

    :raises ProtocolError: ``invalid_target``
    """
    given = tuple(dict.fromkeys(one for one in indicators if one))
    if len(given) > limits.RESOURCES:
        raise ProtocolError(errors.INVALID_TARGET, "Too many resource indicators")
    for indicator in given:
        if len(indicator) > limits.RESOURCE_INDICATOR:
            raise ProtocolError(errors.INVALID_TARGET, "Resource indicator maximum length exceeded")
        if "#" in indicator or not _is_absolute_uri(indicator):
            raise ProtocolError(errors.INVALID_TARGET, "Invalid resource indicator format")
    return given


def _is_absolute_uri(text: str) -> bool:
    if any(ord(letter) <= 0x20 for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))
