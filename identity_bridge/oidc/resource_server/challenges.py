"""What a request without the right token is told (RFC 6750, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REALM = "api"


def challenge(*, error: str = "", scopes: Iterable[str] = (), realm: str = REALM) -> str:
    """Return the value of WWW-Authenticate; without an error where nothing was presented."""
    parts = [f'realm="{realm}"']
    if error:
        parts.append(f'error="{error}"')
    if wanted := " ".join(scopes):
        parts.append(f'scope="{wanted}"')
    return "Bearer " + ", ".join(parts)
