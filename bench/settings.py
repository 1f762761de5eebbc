"""Settings of the measurements; BENCH_DATABASE_URL chooses the database."""

from __future__ import annotations

import os

import dj_database_url

SECRET_KEY = "bench"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "identity_bridge",
]
AUTH_USER_MODEL = "identity_bridge.User"
AUTHENTICATION_BACKENDS = ["identity_bridge.signin.backend.IdentityBackend"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "identity_bridge.signin.middleware.SecurityStampMiddleware",
]
PASSWORD_HASHERS = [
    "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
    "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
]
IDENTITY_BRIDGE = {
    "PASSWORD_UPGRADE": "aspnet",
    "RATE_LIMIT_PER_ADDRESS": (1_000_000, 60),
    "RATE_LIMIT_PER_ACCOUNT": (1_000_000, 60),
}
DATABASES = {
    "default": dj_database_url.parse(os.environ.get("BENCH_DATABASE_URL", "sqlite://:memory:"))
}
