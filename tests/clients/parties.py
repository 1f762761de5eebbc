"""Which clients the live provider knows, and where they are."""

from __future__ import annotations

import json
from typing import Any

from jwcrypto.jwk import JWK

from .person import PASSWORD
from .places import Places

SECRET = "a-secret-of-the-client"
AWKWARD_SECRET = "a secret: +, % and ü"
"""RFC 6749 (2.3.1) has it form-encoded in the Basic header, which Authlib does not do."""
API_SECRET = "a-secret-of-the-api"
LONG_SECRET = "a-secret-of-at-least-thirty-two-octets"
"""As many as the hash of HS256 has (RFC 7518, section 3.2)."""
SIGNING_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
ALLAUTH_PROVIDERS = ("by-form", "by-header", "by-id-token")
PEOPLE = ("ada", "grace")

RESOURCES: dict[str, Any] = {
    "identity_resources": [
        {"name": "openid", "required": True, "user_claims": ["sub"]},
        {"name": "profile", "user_claims": ["name", "preferred_username"]},
        {"name": "email", "user_claims": ["email", "email_verified"]},
    ],
    "api_scopes": [{"name": "orders.read", "display_name": "Read orders"}, {"name": "stock.read"}],
    "api_resources": [
        {"name": "orders", "scopes": ["orders.read"], "api_secrets": [{"plain": API_SECRET}]},
        {"name": "urn:stock", "scopes": ["stock.read"], "require_resource_indicator": True},
        {"name": "urn:prices", "scopes": ["stock.read"], "require_resource_indicator": True},
    ],
}


def configuration(places: Places, key: JWK) -> dict[str, Any]:
    """Return what the provider loads; ``key`` is the one that clients sign assertions with."""
    users = [
        {"username": name, "email": f"{name}@example.org", "password": PASSWORD} for name in PEOPLE
    ]
    clients = [
        _web(places, "web"),
        _web(places, "one-time", refresh_token_usage="OneTimeOnly"),
        _web(places, "reference", access_token_type="Reference"),
        _web(places, "signed", client_secrets=[_jwk(key)]),
        _web(places, "keyed", client_secrets=[_in_clear(LONG_SECRET)]),
        _web(places, "careful", require_consent=True),
        _web(places, "stock", allowed_scopes=["openid", "stock.read"]),
        *(
            _web(places, f"by-{name}", allowed_identity_token_signing_algorithms=[name])
            for name in SIGNING_ALGORITHMS
        ),
        _web(places, "implicit", allowed_grant_types=["implicit"], require_pkce=False),
        _web(places, "password", allowed_grant_types=["password"]),
        _web(places, "hybrid", allowed_grant_types=["hybrid"]),
        _machine("machine", client_secrets=[{"plain": SECRET}, {"plain": AWKWARD_SECRET}]),
        _machine(
            "reference-machine",
            client_secrets=[{"plain": SECRET}],
            access_token_type="Reference",
        ),
        _machine("signed-machine", client_secrets=[_jwk(key)]),
        _machine("keyed-machine", client_secrets=[_in_clear(LONG_SECRET)]),
        _device(),
        _site(
            places.of(places.apache),
            "apache",
            ["/orders/callback"],
            allow_offline_access=True,
            back_channel_logout_uri=f"{places.of(places.apache)}/orders/callback?logout=backchannel",
        ),
        _site(
            places.of(places.apache_form),
            "apache-form",
            ["/orders/callback"],
            allowed_grant_types=["hybrid"],
        ),
        _site(places.of(places.mozilla), "mozilla", ["/oidc/callback/"]),
        _site(
            places.of(places.allauth),
            "allauth",
            [f"/accounts/oidc/{one}/login/callback/" for one in ALLAUTH_PROVIDERS],
        ),
        _single_page(places, "single-page", allow_offline_access=False),
        _single_page(places, "single-page-offline"),
        _single_page(
            places,
            "single-page-implicit",
            allowed_grant_types=["implicit"],
            allow_access_tokens_via_browser=True,
        ),
    ]
    return RESOURCES | {"clients": clients, "users": users}


def _jwk(key: JWK) -> dict[str, str]:
    return {"type": "JWK", "value": json.dumps(key.export_public(as_dict=True))}


def _in_clear(secret: str) -> dict[str, str]:
    return {"type": "PlainText", "value": secret}


def _web(places: Places, client_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "client_name": "Shop",
        "client_secrets": [{"plain": SECRET}],
        "allowed_grant_types": ["authorization_code"],
        "redirect_uris": [places.redirect_uri],
        "post_logout_redirect_uris": [places.post_logout_redirect_uri],
        "allowed_scopes": ["openid", "profile", "email", "orders.read"],
        "allow_offline_access": True,
    } | changes


def _machine(client_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "allowed_grant_types": ["client_credentials"],
        "allowed_scopes": ["orders.read"],
    } | changes


def _device() -> dict[str, Any]:
    return {
        "client_id": "television",
        "client_name": "Television",
        "require_client_secret": False,
        "allowed_grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
        "allowed_scopes": ["openid", "profile", "orders.read"],
        "allow_offline_access": True,
        "polling_interval": 1,
    }


def _site(home: str, client_id: str, callbacks: list[str], **changes: Any) -> dict[str, Any]:
    """Return a web application that has a home of its own."""
    return {
        "client_id": client_id,
        "client_name": "Shop",
        "client_secrets": [{"plain": SECRET}],
        "allowed_grant_types": ["authorization_code"],
        "redirect_uris": [f"{home}{path}" for path in callbacks],
        "post_logout_redirect_uris": [f"{home}/"],
        "allowed_scopes": ["openid", "profile", "email"],
    } | changes


def _single_page(places: Places, client_id: str, **changes: Any) -> dict[str, Any]:
    home = places.of(places.single_page)
    return (
        _web(places, client_id)
        | {
            "client_secrets": [],
            "require_client_secret": False,
            "redirect_uris": [f"{home}/callback.html", f"{home}/legacy/callback.html"],
            "post_logout_redirect_uris": [f"{home}/signed_out.html"],
            "front_channel_logout_uri": f"{home}/front_channel.html",
            "allowed_cors_origins": [home],
        }
        | changes
    )
