"""Clients whose tokens live as long as the user's session (CoordinateLifetimeWithUserSession)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.conf import get_settings

from . import registry

if TYPE_CHECKING:
    from datetime import timedelta

    from identity_bridge.oidc.protocol.configuration import Client


def is_coordinated(client: Client) -> bool:
    """Tell if this client's tokens end with the session; the client's own setting goes first."""
    own = client.coordinate_lifetime_with_user_session
    return get_settings().OIDC_COORDINATE_LIFETIMES_WITH_SESSION if own is None else own


def may_go_on(client: Client, session_id: str, *, lifetime: timedelta) -> bool:
    """Tell if a token may be used; using it keeps the session alive for as long as it lives.

    No statement for other clients, and for tokens without a session.
    """
    if not session_id or not is_coordinated(client):
        return True
    row = registry.find(session_id)
    if row is None:
        return False
    return registry.extend(row, lifetime=lifetime)
