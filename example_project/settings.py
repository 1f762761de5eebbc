"""The example host: every deployment choice comes from the environment.

DATABASE_URL    default: SQLite in var/ (needs dj-database-url for anything else)
SECRET_KEY      required, unless DEBUG is on: then one is made and kept in var/
DEBUG           1, true, yes, on; default off
ALLOWED_HOSTS   host names between commas
EMAIL_HOST      the mail server, port 25; default localhost; with DEBUG mail goes to the terminal
REDIS_URL       the cache of several processes; default: a table, made by createcachetable
DEMO_PORT       where `python -m example_project.demo` listens
UPSTREAM_PORT   where `python -m example_project.upstream` does, whose accounts sign in here, too
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
import django
from django.core.exceptions import ImproperlyConfigured

from identity_bridge.oidc.toolkit.recommended import OAUTH2_PROVIDER  # noqa: F401 - a setting

from . import upstream
from .secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

DEBUG = os.environ.get("DEBUG", "").strip().lower() in {"1", "true", "yes", "on"}
DEMO_PORT = int(os.environ.get("DEMO_PORT") or 8000)

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("Set SECRET_KEY (or DEBUG=1 to try things out).")
    SECRET_KEY = kept_secret_key(VAR_DIR / "secret_key")

ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "identity_bridge",
    "identity_bridge.account",
    "oauth2_provider",
    "identity_bridge.oidc",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "identity_bridge.signin.middleware.SecurityStampMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
ASGI_APPLICATION = "example_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent / "templates"],
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

if not os.environ.get("DATABASE_URL"):
    VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits and used codes are kept in the cache, so all processes have to share one.
if redis_url := os.environ.get("REDIS_URL"):
    _cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
elif DEBUG:
    _cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
else:
    _cache = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Every name tried makes an entry. With Django's 300 a few clients could push counted
        # attempts out and begin anew.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
CACHES = {"default": _cache}

# Mail: in the terminal while trying things out, through a mail server otherwise.

_backend = f"django.core.mail.backends.{'console' if DEBUG else 'smtp'}.EmailBackend"
_mail_server = os.environ.get("EMAIL_HOST") or "localhost"
if django.VERSION >= (6, 1):
    _options = {} if DEBUG else {"host": _mail_server}
    MAILERS = {"default": {"BACKEND": _backend, "OPTIONS": _options}}
else:
    EMAIL_BACKEND = _backend
    EMAIL_HOST = _mail_server

# Users and sign-in

AUTH_USER_MODEL = "identity_bridge.User"
AUTHENTICATION_BACKENDS = ["identity_bridge.signin.backend.IdentityBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
    "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "identity_bridge.passwords.validators.AspNetPasswordValidator"},
]
LOGIN_URL = "account:login"
LOGIN_REDIRECT_URL = "account:profile"
LOGOUT_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "identity_bridge.account.refusals.form_expired"
IDENTITY_BRIDGE = {
    "LOGIN_BY_EMAIL": True,
    "AUDIT_TABLE": True,
    "OIDC_CREATE_ACCOUNT_URL": "account:register",
}
if DEBUG and (upstream_port := os.environ.get("UPSTREAM_PORT")):
    IDENTITY_BRIDGE["EXTERNAL_PROVIDERS"] = {upstream.SCHEME: upstream.provider(int(upstream_port))}

# Behind a proxy that ends TLS set SECURE_PROXY_SSL_HEADER too: the issuer has to begin with https.

# Texts, times, files

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"

# Off only where DEBUG is on: https is then not to be had.
SECURE_SSL_REDIRECT = not DEBUG
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
