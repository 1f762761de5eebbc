"""RoleManager: create, rename and delete roles, and their claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.claims.principal import Claim, claim_of
from identity_bridge.models import Role, RoleClaim

from .results import IdentityResult
from .saving import database_of, delete_guarded, delete_rows, insert, write_columns
from .validation import validate_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet


def create_role(*, role: Role) -> IdentityResult:
    """Insert a role (RoleManager.CreateAsync); InvalidRoleName, DuplicateRoleName."""
    if errors := validate_role(role):
        return IdentityResult(errors)
    role.normalized_name = normalize_name(role.name)
    return insert(role)


def update_role(*, role: Role) -> IdentityResult:
    """Store what was changed on the object, its name for one (RoleManager.UpdateAsync)."""
    return _update(role)


def delete_role(*, role: Role) -> IdentityResult:
    """Delete a role with its memberships and claims (RoleManager.DeleteAsync)."""
    return delete_guarded(role)


def role_exists(*, name: str) -> bool:
    """Tell if there is a role of this name, upper and lower case being one (RoleExistsAsync)."""
    return Role.objects.find_by_name(name) is not None


def get_role_claims(*, role: Role) -> tuple[Claim, ...]:
    """Return the claims every member carries (RoleManager.GetClaimsAsync)."""
    rows = _claims(role).order_by("pk").values_list("claim_type", "claim_value")
    return tuple(claim for row in rows if (claim := claim_of(*row)) is not None)


def add_role_claim(*, role: Role, claim: Claim) -> IdentityResult:
    """Add a claim, once more if the role has it already (RoleManager.AddClaimAsync)."""
    row = RoleClaim(role=role, claim_type=claim.type, claim_value=claim.value)
    return _update(role, rows=lambda: row.save(using=database_of(role), force_insert=True))


def remove_role_claim(*, role: Role, claim: Claim) -> IdentityResult:
    """Delete every row that holds this claim (RoleManager.RemoveClaimAsync)."""
    held = _claims(role).filter(claim_type=claim.type, claim_value=claim.value)
    return _update(role, rows=lambda: delete_rows(held))


def _update(role: Role, *, rows: Callable[[], object] | None = None) -> IdentityResult:
    if errors := validate_role(role):
        return IdentityResult(errors)
    role.normalized_name = normalize_name(role.name)
    return write_columns(role, ["name", "normalized_name"], rows=rows)


def _claims(role: Role) -> QuerySet[Any]:
    return RoleClaim._base_manager.using(database_of(role)).filter(role_id=role.pk)
