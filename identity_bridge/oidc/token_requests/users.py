"""Tokens about a user: what the grants with a user have in common."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import refresh_tokens
from identity_bridge.oidc.grants.refresh_tokens import Refresh
from identity_bridge.oidc.protocol.lifetimes import first_lifetime
from identity_bridge.oidc.protocol.token_contents import PROTOCOL_CLAIMS
from identity_bridge.oidc.tokens import issuing

from .answer import Outcome

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Mapping

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.resources import GrantedResources
    from identity_bridge.oidc.tokens.issuing import Bearer

    from .request import TokenRequest

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def is_active(user: AbstractIdentityUser, client: Client) -> bool:
    """Tell if the user may have tokens."""
    return get_adapter().is_active(user=user, client=client)


def access_token_profile(
    bearer: Bearer, *, client: Client, granted: GrantedResources
) -> dict[str, Any]:
    """Return the profile's part of an access token."""
    return issuing.user_claims(bearer, client=client, requested=granted.access_token_claim_types)


def id_token_profile(
    bearer: Bearer,
    *,
    client: Client,
    granted: GrantedResources,
    has_access_token: bool,
    named: Collection[str],
) -> dict[str, Any]:
    """Return the profile's part of an ID token.

    Who gets an access token too can ask the userinfo endpoint, so the ID token stays small, but
    for what the ``claims`` parameter has ``named``, as far as the granted scopes give it.
    """
    requested = granted.identity_claim_types
    if has_access_token and not client.always_include_user_claims_in_id_token:
        requested = tuple(one for one in requested if one in named)
    return issuing.user_claims(bearer, client=client, requested=requested)


def outcome(
    request: TokenRequest,
    *,
    bearer: Bearer,
    granted: GrantedResources,
    family: uuid.UUID,
    profile: Mapping[str, Any],
    complete: Callable[[], str | None],
    with_id_token: bool = True,
    named: Collection[str] = (),
    nonce: str | None = None,
    state_hash: str | None = None,
) -> Outcome:
    """Return what leads to tokens about a user: an ID token with them if ``openid`` was granted.

    ``profile`` is what the access token says of the user, ``named`` what the ``claims`` parameter
    of the authorization request wants in the ID token.
    """
    client = request.client
    with_id_token = with_id_token and granted.is_openid
    return Outcome(
        client=client,
        issuer=request.issuer,
        granted=granted.for_resource(request.resource_indicator),
        bearer=bearer,
        family=family,
        profile=profile,
        with_id_token=with_id_token,
        id_token_claims=id_token_profile(
            bearer, client=client, granted=granted, has_access_token=True, named=named
        )
        if with_id_token
        else NOTHING,
        nonce=nonce,
        state_hash=state_hash,
        complete=complete,
    )


def first_outcome(
    request: TokenRequest,
    *,
    bearer: Bearer,
    granted: GrantedResources,
    family: uuid.UUID | None = None,
    use_up: Callable[[], None] | None = None,
    with_id_token: bool = True,
    named: Collection[str] = (),
    nonce: str | None = None,
    state_hash: str | None = None,
    extra: Mapping[str, Any] = NOTHING,
) -> Outcome:
    """Return what a new authorization leads to: a refresh token too if the user granted that.

    ``extra`` claims stand in the access token, and in those that a refresh gives unless the client
    has its claims read anew each time (``update_access_token_claims_on_refresh``).
    ``use_up`` runs in the transaction that stores it, and raises where somebody was faster.
    """
    client, indicator = request.client, request.resource_indicator
    access = granted.for_resource(indicator)
    added = {name: extra[name] for name in extra.keys() - PROTOCOL_CLAIMS}
    profile = access_token_profile(bearer, client=client, granted=access) | added
    tied = family or uuid4()

    def complete() -> str | None:
        if use_up is not None:
            use_up()
        if not (granted.offline_access and client.allow_offline_access):
            return None
        return _first_refresh_token(
            bearer,
            client=client,
            granted=granted,
            user_claims={indicator or "": profile},
            family=tied,
        )

    return outcome(
        request,
        bearer=bearer,
        granted=granted,
        family=tied,
        profile=profile,
        complete=complete,
        with_id_token=with_id_token,
        named=named,
        nonce=nonce,
        state_hash=state_hash,
    )


def _first_refresh_token(
    bearer: Bearer,
    *,
    client: Client,
    granted: GrantedResources,
    user_claims: dict[str, Any],
    family: uuid.UUID,
) -> str:
    """Store a refresh token of a new authorization and return it: one statement."""
    assert bearer.user is not None  # noqa: S101
    assert bearer.signed_in is not None  # noqa: S101
    return refresh_tokens.give_out(
        Refresh(
            application_id=store.application_id(client),
            user=bearer.user,
            signed_in=bearer.signed_in,
            scopes=granted.scopes,
            resource_indicators=granted.resource_indicators,
            user_claims=user_claims,
            stamp=security_stamp.digest(bearer.user),
            family=family,
            created=clock.moment(),
            lifetime=first_lifetime(client),
        )
    )
