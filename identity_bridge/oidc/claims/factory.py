"""The claims of AddAspNetIdentity: what IdentityServer's UserClaimsFactory makes of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.aspnet import claim_types
from identity_bridge.claims.principal import ClaimTypeNames, create_principal
from identity_bridge.oidc.protocol.token_contents import TypedClaim

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

NAME = "name"
PREFERRED_USERNAME = "preferred_username"

#: AddAspNetIdentity sets these in IdentityOptions.ClaimsIdentity.
_TYPES = ClaimTypeNames(user_id="sub", user_name=NAME, email="email", role="role")


def identity_claims(user: AbstractIdentityUser) -> list[TypedClaim]:
    """Return all claims of a user: three statements.

    A claim ``name`` of the user's own wins over the user name, which then is
    ``preferred_username``; confirmations are booleans. Without the security stamp, which nobody
    outside may see.
    """
    principal = create_principal(user, types=_TYPES)
    claims = [
        TypedClaim(claim.type, claim.value)
        for claim in principal.claims
        if claim.type != claim_types.SECURITY_STAMP
    ]
    user_name = TypedClaim(NAME, user.username or "")
    claims.remove(user_name)
    claims.append(TypedClaim(PREFERRED_USERNAME, user_name.value))
    if not any(claim.type == NAME for claim in claims):
        claims.append(user_name)
    if (user.email or "").strip():
        claims.append(TypedClaim("email_verified", user.email_confirmed))
    if (user.phone_number or "").strip():
        claims.append(TypedClaim("phone_number", user.phone_number))
        claims.append(TypedClaim("phone_number_verified", user.phone_number_confirmed))
    return claims
