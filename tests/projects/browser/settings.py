"""The project that a real browser visits: the provider's, in the visitor's language, and a
middleware that ``startproject`` writes."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

from tests.projects.default.settings import TEST_DATABASE
from tests.projects.provider.settings import *  # noqa: F403
from tests.projects.provider.settings import MIDDLEWARE as PROVIDER_MIDDLEWARE

ROOT_URLCONF = "tests.projects.browser.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *PROVIDER_MIDDLEWARE,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE.insert(
    MIDDLEWARE.index("django.middleware.common.CommonMiddleware"),
    "django.middleware.locale.LocaleMiddleware",
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CSRF_FAILURE_VIEW = "identity_bridge.account.refusals.form_expired"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]

# A page's script asks while the page does: threads that share the one connection of a database in
# memory would end one another's transactions.
if TEST_DATABASE == "sqlite":
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(gettempdir()) / f"identity_bridge_browser_{os.getpid()}.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
    }
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
