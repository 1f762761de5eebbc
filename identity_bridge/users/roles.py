"""Who is in which role (the role methods of UserManager)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from identity_bridge.models import Role, UserRole

from .results import IdentityResult
from .saving import database_of, delete_rows, update_user

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from identity_bridge.models import AbstractIdentityUser


def get_roles(*, user: AbstractIdentityUser) -> tuple[str, ...]:
    """Return the names of the user's roles (GetRolesAsync), sorted; roles without name left out."""
    rows = Role._base_manager.using(database_of(user)).filter(memberships__user_id=user.pk)
    names = rows.exclude(name=None).order_by("name").values_list("name", flat=True)
    return tuple(name for name in names if name is not None)


def is_in_role(*, user: AbstractIdentityUser, role: str) -> bool:
    """Tell if the user is a member (IsInRoleAsync), upper and lower case being one."""
    found = _find(user, role)
    return found is not None and _memberships(user).filter(role_id=found.pk).exists()


def get_users_in_role(*, role: str) -> list[Any]:
    """Return the members of a role (GetUsersInRoleAsync); none if there is no such role."""
    found = Role.objects.find_by_name(role)
    if found is None:
        return []
    return list(get_user_model()._base_manager.filter(role_memberships__role_id=found.pk))


def add_to_roles(*, user: AbstractIdentityUser, roles: Iterable[str]) -> IdentityResult:
    """Make the user a member of all these roles or of none (AddToRolesAsync).

    UserAlreadyInRole; InvalidRoleName for a role that does not exist, where .NET throws.
    """
    joined = []
    for name in dict.fromkeys(roles):
        role = _find(user, name)
        if role is None:
            return IdentityResult.failed("InvalidRoleName", name)
        if role.pk in joined or _memberships(user).filter(role_id=role.pk).exists():
            return IdentityResult.failed("UserAlreadyInRole", name)
        joined.append(role.pk)
    rows = [UserRole(user_id=user.pk, role_id=key) for key in joined]
    database = database_of(user)
    return update_user(user, rows=lambda: UserRole._base_manager.using(database).bulk_create(rows))


def add_to_role(*, user: AbstractIdentityUser, role: str) -> IdentityResult:
    """Make the user a member (AddToRoleAsync)."""
    return add_to_roles(user=user, roles=[role])


def remove_from_roles(*, user: AbstractIdentityUser, roles: Iterable[str]) -> IdentityResult:
    """End all these memberships or none (RemoveFromRolesAsync); UserNotInRole."""
    left = []
    for name in dict.fromkeys(roles):
        role = _find(user, name)
        if role is None or not _memberships(user).filter(role_id=role.pk).exists():
            return IdentityResult.failed("UserNotInRole", name)
        left.append(role.pk)
    return update_user(user, rows=lambda: delete_rows(_memberships(user).filter(role_id__in=left)))


def remove_from_role(*, user: AbstractIdentityUser, role: str) -> IdentityResult:
    """End the user's membership (RemoveFromRoleAsync)."""
    return remove_from_roles(user=user, roles=[role])


def _find(user: AbstractIdentityUser, name: str) -> Role | None:
    return Role.objects.db_manager(database_of(user)).find_by_name(name)


def _memberships(user: AbstractIdentityUser) -> QuerySet[Any]:
    return UserRole._base_manager.using(database_of(user)).filter(user_id=user.pk)
