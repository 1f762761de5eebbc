"""An application with django-allauth and its provider ``openid_connect``."""

from __future__ import annotations

from tests.projects.clients.party import *  # noqa: F403
from tests.projects.clients.party import CLIENT_SECRET, INSTALLED_APPS, ISSUER, MIDDLEWARE

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "tests.projects.clients.allauth_party.urls"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = True


def _application(provider_id: str, **settings: object) -> dict[str, object]:
    return {
        "provider_id": provider_id,
        "name": provider_id,
        "client_id": "allauth",
        "secret": CLIENT_SECRET,
        "settings": {"server_url": ISSUER, "oauth_pkce_enabled": True, **settings},
    }


SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            _application("by-form"),
            _application("by-header", token_auth_method="client_secret_basic"),
            _application("by-id-token", fetch_userinfo=False),
        ],
    }
}
