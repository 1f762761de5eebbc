"""The provider in a project of usual size, for bench.provider."""

from __future__ import annotations

import os

from bench.settings import *  # noqa: F403
from bench.settings import INSTALLED_APPS as STORE_APPS
from bench.settings import MIDDLEWARE as STORE_MIDDLEWARE
from identity_bridge.oidc.toolkit.recommended import OAUTH2_PROVIDER  # noqa: F401

INSTALLED_APPS = [*STORE_APPS, "identity_bridge.account", "oauth2_provider", "identity_bridge.oidc"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *STORE_MIDDLEWARE,
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.provider_urls"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account:login"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("BENCH_PROVIDER_DATABASE", ":memory:"),
    }
}
IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ADDRESS": (0, 0), "OIDC_LOGOUT_DELIVERY": "command"}
