"""UserClaimsPrincipalFactory: the claims of a user, in .NET's order.

Id, name, e-mail address, security stamp, the user's own claims, then each role followed by its
claims. Who shows a principal to others leaves the security stamp out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.aspnet import claim_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from identity_bridge.models import AbstractIdentityUser

APPLICATION_SCHEME = "Identity.Application"
"""IdentityConstants.ApplicationScheme, the authentication type of a signed-in user."""


@dataclass(frozen=True, slots=True)
class Claim:
    """System.Security.Claims.Claim: a type, mostly a URI, and a value."""

    type: str
    value: str


def claim_of(claim_type: str | None, claim_value: str | None) -> Claim | None:
    """Return the claim of a row; None without a type. .NET throws at NULL in either column."""
    return None if claim_type is None else Claim(claim_type, claim_value or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTypeNames:
    """IdentityOptions.ClaimsIdentity: the types of the claims that a user's columns become."""

    user_id: str = claim_types.NAME_IDENTIFIER
    user_name: str = claim_types.NAME
    email: str = claim_types.EMAIL
    role: str = claim_types.ROLE
    security_stamp: str = claim_types.SECURITY_STAMP


ASPNET_CLAIM_TYPES = ClaimTypeNames()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """ClaimsPrincipal with one identity."""

    claims: tuple[Claim, ...]
    authentication_type: str = APPLICATION_SCHEME
    name_claim_type: str = claim_types.NAME
    role_claim_type: str = claim_types.ROLE

    @property
    def name(self) -> str | None:
        """Identity.Name: the first claim of the name type."""
        return next((c.value for c in self.claims if c.type == self.name_claim_type), None)

    def is_in_role(self, role: str) -> bool:
        """Tell if a role claim has this very value (ClaimsPrincipal.IsInRole)."""
        return Claim(self.role_claim_type, role) in self.claims


def create_principal(
    user: AbstractIdentityUser,
    *,
    extra: Iterable[Claim] = (),
    types: ClaimTypeNames = ASPNET_CLAIM_TYPES,
) -> Principal:
    """Read a user's claims (UserClaimsPrincipalFactory.CreateAsync): three statements.

    ``extra`` are claims added at sign-in, ``amr`` for one; they come last.
    """
    claims = [Claim(types.user_id, str(user.pk)), Claim(types.user_name, user.username or "")]
    if user.email:
        claims.append(Claim(types.email, user.email))
    if user.security_stamp is not None:
        claims.append(Claim(types.security_stamp, user.security_stamp))
    claims += _own_claims(user)
    claims += _role_claims(user, types.role)
    return Principal(
        claims=(*claims, *extra), name_claim_type=types.user_name, role_claim_type=types.role
    )


def _own_claims(user: AbstractIdentityUser) -> list[Claim]:
    from identity_bridge.models import UserClaim

    rows = UserClaim._base_manager.using(user._state.db).filter(user_id=user.pk).order_by("pk")
    found = (claim_of(*row) for row in rows.values_list("claim_type", "claim_value"))
    return [claim for claim in found if claim is not None]


def _role_claims(user: AbstractIdentityUser, role_type: str) -> list[Claim]:
    from identity_bridge.models import Role, RoleClaim

    held = Role._base_manager.using(user._state.db).filter(memberships__user_id=user.pk)
    roles = list(
        held.exclude(name=None).order_by("normalized_name", "pk").values_list("pk", "name")
    )
    by_role: dict[object, list[Claim]] = {key: [] for key, _name in roles}
    rows = RoleClaim._base_manager.using(user._state.db).filter(role_id__in=list(by_role))
    for role_id, *row in rows.order_by("pk").values_list("role_id", "claim_type", "claim_value"):
        if (claim := claim_of(*row)) is not None:
            by_role[role_id].append(claim)
    claims: list[Claim] = []
    for key, name in roles:
        claims += [Claim(role_type, name or ""), *by_role[key]]
    return claims
