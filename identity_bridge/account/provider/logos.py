"""Whose pictures a page may show: a client's logo lies on the client's own site."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from identity_bridge.oidc.protocol.configuration import Client


def logos_of(*clients: Client) -> list[str]:
    """Return the addresses of the logos, for ``set_policy``."""
    return sorted({client.logo_uri for client in clients if client.has_logo})
