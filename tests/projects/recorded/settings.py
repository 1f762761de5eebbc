"""The example host with the configuration and the users of the recorded IdentityServer."""

from __future__ import annotations

import os

os.environ["DEBUG"] = "1"
# Like the recorded server, it is reached by another name than it has.
os.environ["ALLOWED_HOSTS"] = "*"

from example_project.settings import *  # noqa: F403
from example_project.settings import MIDDLEWARE as EXAMPLE_MIDDLEWARE

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("RECORDED_DATABASE", ":memory:"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
ROOT_URLCONF = "tests.projects.recorded.urls"
MIDDLEWARE = ["tests.projects.recorded.host.RecordedHostMiddleware", *EXAMPLE_MIDDLEWARE]
IDENTITY_BRIDGE = {
    "OIDC_SIGNING_ALGORITHMS": ("RS256", "ES256"),
    "OIDC_DEVICE_URL": "/device",
    "OIDC_CREATE_ACCOUNT_URL": "/register",
    "RATE_LIMIT_PER_ADDRESS": (0, 0),
    "RATE_LIMIT_PER_ACCOUNT": (0, 0),
}
