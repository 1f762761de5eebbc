"""AspNetUserClaims: statements about users. Rows may repeat; they are compared exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from identity_bridge.claims.principal import Claim, claim_of
from identity_bridge.models import UserClaim

from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from identity_bridge.models import AbstractIdentityUser

    from .results import IdentityResult


def get_claims(*, user: AbstractIdentityUser) -> tuple[Claim, ...]:
    """Return the user's claims in the order they were added (GetClaimsAsync).

    A row without a type says nothing and is left out, one without a value has the value "";
    .NET throws at both.
    """
    rows = _rows(user).order_by("pk").values_list("claim_type", "claim_value")
    return tuple(claim for row in rows if (claim := claim_of(*row)) is not None)


def add_claims(*, user: AbstractIdentityUser, claims: Iterable[Claim]) -> IdentityResult:
    """Add claims (AddClaimsAsync), once more if the user has them already."""
    rows = [UserClaim(user_id=user.pk, claim_type=c.type, claim_value=c.value) for c in claims]
    database = database_of(user)
    return update_user(user, rows=lambda: UserClaim._base_manager.using(database).bulk_create(rows))


def replace_claim(*, user: AbstractIdentityUser, claim: Claim, new: Claim) -> IdentityResult:
    """Change every row that holds this claim (ReplaceClaimAsync); succeeds if none does."""

    def replace() -> None:
        found = _rows(user).filter(claim_type=claim.type, claim_value=claim.value)
        found.update(claim_type=new.type, claim_value=new.value)

    return update_user(user, rows=replace)


def remove_claims(*, user: AbstractIdentityUser, claims: Iterable[Claim]) -> IdentityResult:
    """Delete every row that holds one of these claims (RemoveClaimsAsync)."""
    held = Q(pk__in=[])
    for claim in claims:
        held |= Q(claim_type=claim.type, claim_value=claim.value)
    return update_user(user, rows=lambda: delete_rows(_rows(user).filter(held)))


def get_users_for_claim(*, claim: Claim) -> list[Any]:
    """Return the users who have this claim (GetUsersForClaimAsync), each once."""
    owners = UserClaim._base_manager.filter(claim_type=claim.type, claim_value=claim.value)
    return list(get_user_model()._base_manager.filter(pk__in=owners.values("user_id")))


def _rows(user: AbstractIdentityUser) -> QuerySet[Any]:
    return UserClaim._base_manager.using(database_of(user)).filter(user_id=user.pk)
