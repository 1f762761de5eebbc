"""The provider's configuration in the demo: an API, its scope, and one client."""

from __future__ import annotations

from typing import Any

DEMO_CLIENT = "demo"
API_SCOPE = "orders.read"


def configuration(address: str) -> dict[str, Any]:
    """Return the document for ``load_oidc_configuration``; the client lives at this address."""
    return {
        "identity_resources": [
            {
                "name": "openid",
                "display_name": "Your user identifier",
                "required": True,
                "user_claims": ["sub"],
            },
            {
                "name": "profile",
                "display_name": "Your profile",
                "emphasize": True,
                "user_claims": ["name", "preferred_username", "given_name", "family_name"],
            },
            {
                "name": "email",
                "display_name": "Your e-mail address",
                "user_claims": ["email", "email_verified"],
            },
        ],
        "api_scopes": [{"name": API_SCOPE, "display_name": "Read your orders"}],
        "api_resources": [{"name": "orders", "scopes": [API_SCOPE], "user_claims": ["role"]}],
        "clients": [
            {
                "client_id": DEMO_CLIENT,
                "client_name": "A small relying party",
                "allowed_grant_types": ["authorization_code"],
                "require_client_secret": False,
                "require_consent": True,
                "redirect_uris": [f"{address}relying-party/callback/"],
                "post_logout_redirect_uris": [f"{address}relying-party/"],
                "allowed_scopes": ["openid", "profile", "email", API_SCOPE],
                "allow_offline_access": True,
                "refresh_token_usage": "OneTimeOnly",
            }
        ],
    }
