"""The recorded server's configuration and users, loaded into this one."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from identity_bridge.models import Role, RoleClaim, User, UserClaim, UserLogin
from identity_bridge.oidc.configuration import document, writing


def load(config: dict[str, Any], *, back_channel: str | None = None) -> None:
    """Write clients, scopes, APIs, roles and users; ``back_channel`` replaces the host that the
    clients' logout addresses have."""
    config = copy.deepcopy(config)
    if back_channel is not None:
        for client in config["clients"]:
            if uri := client.get("back_channel_logout_uri"):
                path = uri.partition("://")[2].partition("/")[2]
                client["back_channel_logout_uri"] = f"{back_channel}/{path}"
    writing.write(document.parse(config))
    roles = {}
    for given in config["roles"]:
        role = roles[given["name"]] = Role.objects.create(name=given["name"])
        for claim in given["claims"]:
            RoleClaim.objects.create(
                role=role, claim_type=claim["type"], claim_value=claim["value"]
            )
    for given in config["users"]:
        _user(given, roles)


def _user(given: dict[str, Any], roles: dict[str, Role]) -> None:
    user = User(
        id=given["id"],
        username=given["user_name"],
        email=given.get("email"),
        email_confirmed=given.get("email_confirmed", False),
        phone_number=given.get("phone_number"),
        phone_number_confirmed=given.get("phone_number_confirmed", False),
        two_factor_enabled=given.get("two_factor_enabled", False),
        lockout_enabled=True,
    )
    if "lockout_end" in given:
        user.lockout_end = datetime.fromisoformat(given["lockout_end"])
    if given.get("password"):
        user.set_password(given["password"])
    else:
        user.password = None
    user.save()
    for name in given.get("roles", ()):
        user.roles.add(roles[name])
    for claim in given.get("claims", ()):
        UserClaim.objects.create(user=user, claim_type=claim["type"], claim_value=claim["value"])
    for login in given.get("logins", ()):
        UserLogin.objects.create(
            user=user,
            login_provider=login["provider"],
            provider_key=login["key"],
            provider_display_name=login["display"],
        )
