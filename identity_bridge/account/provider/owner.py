"""What the provider keeps about somebody, for the pages about the own account.

Each does nothing where ``identity_bridge.oidc`` is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def end_stale_sessions(user: AbstractIdentityUser) -> None:
    """Tell the clients of sessions that a new security stamp has ended."""
    if not apps.is_installed("identity_bridge.oidc"):
        return
    from identity_bridge.oidc.sessions import ending

    ending.end_stale(user)


def end_all_sessions(user: AbstractIdentityUser) -> None:
    """End every session of somebody who goes, with all tokens; their clients are told."""
    if not apps.is_installed("identity_bridge.oidc"):
        return
    from identity_bridge.oidc.models import UserSession
    from identity_bridge.oidc.sessions import ending

    for row in UserSession.objects.filter(user_id=user.pk).select_related("user"):
        ending.terminate(row)


def live_sessions(user: AbstractIdentityUser) -> list[dict[str, Any]]:
    """Return where a user is signed in, the newest first: for the copy of the own data."""
    if not apps.is_installed("identity_bridge.oidc"):
        return []
    from identity_bridge.oidc import clock
    from identity_bridge.oidc.models import UserSession

    rows = UserSession.objects.filter(user_id=user.pk, expires__gt=clock.moment())
    return [
        {"SignedIn": signed_in, "LastSeen": last_seen, "Provider": provider}
        for signed_in, last_seen, provider in rows.order_by("-auth_time", "-pk").values_list(
            "auth_time", "renewed", "idp"
        )
    ]


def granted_applications(user: AbstractIdentityUser) -> list[dict[str, Any]]:
    """Return which clients have what of a user, since when: for the copy of the own data."""
    if not apps.is_installed("identity_bridge.oidc"):
        return []
    from identity_bridge.oidc.interaction import granted

    return [
        {"ClientId": one.client.client_id, "Scopes": list(one.scopes), "Since": one.since}
        for one in granted.granted_to_clients(user)
    ]
