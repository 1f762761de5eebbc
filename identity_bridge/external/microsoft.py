"""Microsoft accounts by Microsoft Graph, as AddMicrosoftAccount of .NET reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .endpoints import Endpoints
from .errors import AnswerUnusable
from .profile import Profile, address_of, key_of, text_of

if TYPE_CHECKING:
    from .transport import Connection

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/v1.0/me"


def endpoints(connection: Connection) -> Endpoints:
    """Return where the tenant is talked to."""
    tenant = f"{LOGIN}/{connection.provider.authority}/oauth2/v2.0"
    return Endpoints(authorization=f"{tenant}/authorize", token=f"{tenant}/token")


def profile(connection: Connection, token: dict[str, Any], *, nonce: str) -> Profile:
    """Return whose access token it is.

    The address is never taken for verified: administrators of a tenant write there what they like.

    :raises ExternalSignInFailed:
    """
    account = connection.get_json(GRAPH, signed_in=True)
    if not isinstance(account, dict):
        raise AnswerUnusable("Microsoft Graph gave no JSON object")
    return Profile(
        key=key_of(account, connection.provider.key_claim),
        name=text_of(account.get("displayName")),
        email=address_of(account.get("mail")) or address_of(account.get("userPrincipalName")),
    )
