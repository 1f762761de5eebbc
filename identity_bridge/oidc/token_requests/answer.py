"""What a token request that was granted is answered with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc.tokens import issuing
from identity_bridge.oidc.tokens.issuing import NOBODY, Bearer

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.resources import GrantedResources


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a grant leads to.

    ``complete`` runs last, inside of one transaction with what it writes: it uses up what was
    presented and returns the refresh token, None for none.
    """

    client: Client
    issuer: str
    granted: GrantedResources
    """Of the access token."""
    bearer: Bearer = NOBODY
    family: uuid.UUID | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    with_id_token: bool = False
    id_token_claims: Mapping[str, Any] = field(default_factory=dict)
    nonce: str | None = None
    state_hash: str | None = None
    complete: Callable[[], str | None] | None = None
    lifetime: int | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    """Members that an extension grant adds to the answer."""


def answer(outcome: Outcome) -> dict[str, Any]:
    """Return the members of the response (RFC 6749, section 5.1)."""
    client, bearer = outcome.client, outcome.bearer
    refresh_token = outcome.complete() if outcome.complete is not None else None
    access_token = issuing.access_token(
        client=client,
        issuer=outcome.issuer,
        granted=outcome.granted,
        bearer=bearer,
        profile=outcome.profile,
        family=outcome.family,
        lifetime=outcome.lifetime,
    )
    lifetime = client.access_token_lifetime if outcome.lifetime is None else outcome.lifetime
    response: dict[str, Any] = dict(outcome.custom)
    if outcome.with_id_token:
        response["id_token"] = issuing.id_token(
            client=client,
            issuer=outcome.issuer,
            bearer=bearer,
            profile=outcome.id_token_claims,
            nonce=outcome.nonce,
            access_token=access_token,
            state_hash=outcome.state_hash,
        )
    response |= {"access_token": access_token, "expires_in": lifetime, "token_type": "Bearer"}
    if refresh_token is not None:
        response["refresh_token"] = refresh_token
    return response | {"scope": " ".join(outcome.granted.scopes)}
