"""Building blocks by name: IdentityServer's standard identity resources, and kinds of clients.

Members as in a configuration file. Presets stand for their members when a file is read; what is
stored and dumped is the full form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from identity_bridge.oidc.protocol.configuration import (
    OPENID_SCOPE,
    GrantType,
    RefreshTokenUsage,
)
from identity_bridge.oidc.protocol.standard_claims import STANDARD_CLAIMS

#: IdentityResources.OpenId, Profile, Email, Phone and Address, with the claims
#: of OpenID Connect Core.
IDENTITY_RESOURCES: Final[Mapping[str, Mapping[str, Any]]] = {
    OPENID_SCOPE: {
        "display_name": "Your user identifier",
        "required": True,
        "user_claims": ["sub"],
    },
    "profile": {
        "display_name": "User profile",
        "description": "Your user profile information (first name, last name, etc.)",
        "emphasize": True,
        "user_claims": list(STANDARD_CLAIMS["profile"]),
    },
    "email": {
        "display_name": "Your email address",
        "emphasize": True,
        "user_claims": list(STANDARD_CLAIMS["email"]),
    },
    "phone": {
        "display_name": "Your phone number",
        "emphasize": True,
        "user_claims": list(STANDARD_CLAIMS["phone"]),
    },
    "address": {
        "display_name": "Your postal address",
        "emphasize": True,
        "user_claims": list(STANDARD_CLAIMS["address"]),
    },
}

_CODE: Final[Mapping[str, Any]] = {
    "allowed_grant_types": [GrantType.AUTHORIZATION_CODE.value],
    "require_pkce": True,  # RFC 9700, section 2.1.1: for every client
    "allowed_scopes": [OPENID_SCOPE, "profile"],
}
_PUBLIC: Final[Mapping[str, Any]] = {
    "require_client_secret": False,
    # RFC 9700, section 2.2.2: a stolen token of a client without a secret shows by its reuse.
    "refresh_token_usage": RefreshTokenUsage.ONE_TIME_ONLY.value,
}
CLIENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "web": {**_CODE, "require_client_secret": True},
    "spa": {**_CODE, **_PUBLIC},
    "native": {**_CODE, **_PUBLIC, "allow_offline_access": True},
    "machine": {
        "allowed_grant_types": [GrantType.CLIENT_CREDENTIALS.value],
        "require_client_secret": True,
    },
    "device": {
        **_PUBLIC,
        "allowed_grant_types": [GrantType.DEVICE_CODE.value],
        "allowed_scopes": [OPENID_SCOPE, "profile"],
        "allow_offline_access": True,
    },
}


class UnknownPreset(ValueError):
    """No preset has this name; ``known`` are those there are."""

    def __init__(self, found: object, known: Mapping[str, Any]) -> None:
        super().__init__(f"{found!r}: expected one of {', '.join(known)}")


def identity_resource(name: str) -> dict[str, Any]:
    """Return the members of a standard identity resource.

    :raises UnknownPreset:
    """
    if name not in IDENTITY_RESOURCES:
        raise UnknownPreset(name, IDENTITY_RESOURCES)
    return {"name": name, **IDENTITY_RESOURCES[name]}


def client(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a client, those of its ``preset`` where it has none of its own.

    :raises UnknownPreset:
    """
    own = dict(given)
    name = own.pop("preset")
    if not isinstance(name, str) or name not in CLIENTS:
        raise UnknownPreset(name, CLIENTS)
    return {**CLIENTS[name], **own}
