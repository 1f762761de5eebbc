"""The store alone, without pages, on the database that the environment names."""

from __future__ import annotations

import os
from typing import Any

from tests.projects.default import settings as default

SECRET_KEY = "tests-only"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "identity_bridge",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = default.TEMPLATES
AUTH_USER_MODEL = "identity_bridge.User"
# What a .NET application on the same tables can read comes first.
PASSWORD_HASHERS = sorted(
    default.PASSWORD_HASHERS, key=lambda path: not path.endswith("AspNetIdentityPasswordHasher")
)
IDENTITY_BRIDGE = {
    "KEY_TYPE": os.environ.get("STORE_KEY_TYPE", "string"),
    "PASSWORD_UPGRADE": "aspnet",
}

_DATABASE: dict[str, Any] = dict(default._DATABASES[os.environ.get("STORE_DATABASE", "sqlite")])
_DATABASE["NAME"] = os.environ.get("STORE_NAME", _DATABASE["NAME"])
DATABASES = {"default": _DATABASE}
