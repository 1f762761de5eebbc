"""An application with mozilla-django-oidc, as its documentation sets it up."""

from __future__ import annotations

from tests.projects.clients.party import *  # noqa: F403
from tests.projects.clients.party import CLIENT_SECRET, INSTALLED_APPS, ISSUER, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "mozilla_django_oidc"]
MIDDLEWARE = [*MIDDLEWARE, "mozilla_django_oidc.middleware.SessionRefresh"]
ROOT_URLCONF = "tests.projects.clients.mozilla_party.urls"
AUTHENTICATION_BACKENDS = ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]

OIDC_RP_CLIENT_ID = "mozilla"
OIDC_RP_CLIENT_SECRET = CLIENT_SECRET
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid profile email"
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{ISSUER}/connect/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{ISSUER}/connect/token"
OIDC_OP_USER_ENDPOINT = f"{ISSUER}/connect/userinfo"
OIDC_OP_JWKS_ENDPOINT = f"{ISSUER}/.well-known/openid-configuration/jwks"
OIDC_OP_LOGOUT_URL_METHOD = "tests.projects.clients.mozilla_party.urls.logout_url"
OIDC_USE_PKCE = True
OIDC_STORE_ID_TOKEN = True
# So soon that a test can wait for it.
OIDC_RENEW_ID_TOKEN_EXPIRY_SECONDS = 1
