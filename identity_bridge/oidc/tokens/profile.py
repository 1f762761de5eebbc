"""What the userinfo endpoint tells about a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol.resources import known_resources

from .issuing import Bearer, user_claims

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

    from .presented import AccessToken


def userinfo_claims(token: AccessToken, *, user: AbstractIdentityUser) -> dict[str, Any]:
    """Return ``sub`` and the claims that the token's identity scopes ask for."""
    granted = known_resources(scopes=token.scopes, resources=store.get_resources())
    claims = user_claims(
        Bearer(user=user), client=token.client, requested=granted.identity_claim_types
    )
    return {"sub": token.subject, **claims}
