"""RoleManager's operations of the scenarios, and UserManager's that concern roles."""

from __future__ import annotations

from typing import Any

from identity_bridge.claims.principal import Claim
from identity_bridge.models import Role
from identity_bridge.users import claims, role_management, roles

from .user_operations import claim_list


def _role(args: dict[str, Any]) -> Any:
    if "role_id" in args:
        return Role.objects.get(pk=args["role_id"])
    return Role.objects.find_by_name(args["role"])


def _renamed(args: dict[str, Any]) -> Any:
    role = _role(args)
    role.name = args["name"]
    return role_management.update_role(role=role)


def _set_name_only(args: dict[str, Any]) -> dict[str, Any]:
    # SetRoleNameAsync changes the object, as an assignment does here.
    _role(args).name = args["name"]
    return {"succeeded": True, "errors": []}


def _claim(args: dict[str, Any]) -> Claim:
    return Claim(args["type"], args["value"])


def _names(users: list[Any]) -> list[str]:
    return sorted(user.username for user in users)


OF_USER = {
    "get_roles": lambda u, a: list(roles.get_roles(user=u)),
    "is_in_role": lambda u, a: roles.is_in_role(user=u, role=a["role"]),
    "add_to_role": lambda u, a: roles.add_to_role(user=u, role=a["role"]),
    "add_to_roles": lambda u, a: roles.add_to_roles(user=u, roles=a["roles"]),
    "remove_from_role": lambda u, a: roles.remove_from_role(user=u, role=a["role"]),
    "remove_from_roles": lambda u, a: roles.remove_from_roles(user=u, roles=a["roles"]),
}

OF_NOBODY = {
    "get_users_in_role": lambda a: _names(roles.get_users_in_role(role=a["role"])),
    "get_users_for_claim": lambda a: _names(claims.get_users_for_claim(claim=_claim(a))),
    "role_create": lambda a: role_management.create_role(role=Role(name=a["role"])),
    "role_update": _renamed,
    "role_set_name": _set_name_only,
    "role_delete": lambda a: role_management.delete_role(role=_role(a)),
    "role_exists": lambda a: role_management.role_exists(name=a["role"]),
    "role_get_claims": lambda a: claim_list(role_management.get_role_claims(role=_role(a))),
    "role_add_claim": lambda a: role_management.add_role_claim(role=_role(a), claim=_claim(a)),
    "role_remove_claim": lambda a: role_management.remove_role_claim(
        role=_role(a), claim=_claim(a)
    ),
}
