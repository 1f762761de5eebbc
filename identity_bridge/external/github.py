"""GitHub, which speaks OAuth 2.0 and no OpenID Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .endpoints import Endpoints
from .errors import AnswerUnusable, ProviderUnreachable
from .profile import Profile, address_of, key_of, text_of

if TYPE_CHECKING:
    from .transport import Connection


def endpoints(connection: Connection) -> Endpoints:
    """Return where the server is talked to."""
    login = f"{connection.provider.authority.rstrip('/')}/login/oauth"
    return Endpoints(authorization=f"{login}/authorize", token=f"{login}/access_token")


def profile(connection: Connection, token: dict[str, Any], *, nonce: str) -> Profile:
    """Return whose access token it is, with the primary address.

    :raises ExternalSignInFailed:
    """
    api = _api(connection.provider.authority)
    account = connection.get_json(f"{api}/user", signed_in=True)
    if not isinstance(account, dict):
        raise AnswerUnusable("GitHub gave no JSON object")
    email, verified = _primary_address(connection, api)
    return Profile(
        key=key_of(account, connection.provider.key_claim),
        name=text_of(account.get("name")) or text_of(account.get("login")),
        email=email,
        email_verified=verified,
    )


def _api(authority: str) -> str:
    parts = urlsplit(authority)
    if parts.hostname == "github.com":
        return "https://api.github.com"
    return f"{parts.scheme}://{parts.netloc}/api/v3"  # GitHub Enterprise Server


def _primary_address(connection: Connection, api: str) -> tuple[str, bool]:
    """Return the address and whether it is verified; nothing without the scope user:email."""
    try:
        found = connection.get_json(f"{api}/user/emails", signed_in=True)
    except ProviderUnreachable:
        return "", False
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and one.get("primary") is True:
            email = address_of(one.get("email"))
            return email, bool(email) and one.get("verified") is True
    return "", False
