"""The provider that real clients are run against: one process, one database file.

The middleware is the one that ``startproject`` writes: what Django adds to every answer must not
get into the clients' way.
"""

from __future__ import annotations

import os

from tests.projects.provider.settings import *  # noqa: F403
from tests.projects.provider.settings import MIDDLEWARE as PROVIDER_MIDDLEWARE

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("CLIENTS_DATABASE", ":memory:"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
ALLOWED_HOSTS = ["127.0.0.1"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *PROVIDER_MIDDLEWARE,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# All clients come from one address, and sign in one person after the other.
IDENTITY_BRIDGE = {
    # A key of each kind: clients have to find the right one.
    "OIDC_SIGNING_ALGORITHMS": ("RS256", "PS256", "ES256", "EdDSA"),
    "RATE_LIMIT_PER_ADDRESS": (0, 0),
    "RATE_LIMIT_PER_ACCOUNT": (0, 0),
}
