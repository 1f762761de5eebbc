"""The default settings with the user model of tests/projects/custom_user."""

from __future__ import annotations

from tests.projects.default.settings import *  # noqa: F403
from tests.projects.default.settings import INSTALLED_APPS, PASSWORD_HASHERS

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.projects.custom_user"]
AUTH_USER_MODEL = "custom_user.ApplicationUser"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
