"""The settings most tests run with: everything installed, nothing configured away."""

from __future__ import annotations

import os

import django

#: Which database this process tests on: sqlite, postgresql or mariadb.
TEST_DATABASE = os.environ.get("TEST_DATABASE", "sqlite")

SECRET_KEY = "tests-only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.projects.default.urls"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "identity_bridge",
    "identity_bridge.account",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "identity_bridge.signin.middleware.SecurityStampMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "static/"

AUTH_USER_MODEL = "identity_bridge.User"
AUTHENTICATION_BACKENDS = ["identity_bridge.signin.backend.IdentityBackend"]
LOGIN_URL = "account:login"
LOGIN_REDIRECT_URL = "account:profile"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
    "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]

_DATABASES = {
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    "postgresql": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "identity_bridge",
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": "5432",
    },
    "mariadb": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "identity_bridge",
        "USER": "root",
        "HOST": "127.0.0.1",
        "PORT": "3306",
        "TEST": {"CHARSET": "utf8mb4"},
        "OPTIONS": {"charset": "utf8mb4"},
    },
}
DATABASES = {"default": _DATABASES[TEST_DATABASE]}
if django.VERSION >= (6, 1):  # where mail without it is deprecated
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
