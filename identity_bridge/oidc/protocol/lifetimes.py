"""How long a refresh token lives, in seconds since it was first given out."""

from __future__ import annotations

from .configuration import Client, RefreshTokenExpiration


def first_lifetime(client: Client) -> int:
    """Return the lifetime of a new refresh token (DefaultRefreshTokenService)."""
    if client.refresh_token_expiration == RefreshTokenExpiration.ABSOLUTE:
        return client.absolute_refresh_token_lifetime
    return _capped(client.sliding_refresh_token_lifetime, client)


def next_lifetime(client: Client, *, current: int, elapsed: int) -> int:
    """Return the lifetime after a use ``elapsed`` seconds after the token was first given out."""
    if client.refresh_token_expiration == RefreshTokenExpiration.ABSOLUTE:
        return current
    return _capped(elapsed + client.sliding_refresh_token_lifetime, client)


def _capped(lifetime: int, client: Client) -> int:
    # An absolute lifetime of 0 is no cap.
    limit = client.absolute_refresh_token_lifetime
    return min(lifetime, limit) if limit > 0 else lifetime
