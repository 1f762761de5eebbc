"""System checks: every setting for its type and meaning, and what a project must have beside.

Each has a stable id in :class:`CheckId` and an entry in docs/reference/checks.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from enum import StrEnum
from inspect import isclass
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from identity_bridge.conf import Settings, get_settings

if TYPE_CHECKING:
    from django.apps import AppConfig


class CheckId(StrEnum):
    """The ids, for SILENCED_SYSTEM_CHECKS. One that is retired is not given again."""

    SETTING_TYPE = "identity_bridge.E001"
    KEY_TYPE_UNKNOWN = "identity_bridge.E002"
    ADAPTER_NOT_IMPORTABLE = "identity_bridge.E003"
    PASSWORD_UPGRADE_UNKNOWN = "identity_bridge.E004"  # noqa: S105 - an id
    COMPATIBILITY_MODE_UNKNOWN = "identity_bridge.E005"
    NUMBER_TOO_SMALL = "identity_bridge.E006"
    ITERATIONS_ABOVE_LIMIT = "identity_bridge.E007"
    DURATION_NOT_POSITIVE = "identity_bridge.E008"
    RATE_LIMIT_MEANINGLESS = "identity_bridge.E009"
    USER_MODEL_FOREIGN = "identity_bridge.E010"
    KEY_TYPE_OF_MODEL = "identity_bridge.E011"
    KEY_TYPE_OF_DATABASE = "identity_bridge.E012"
    SIGNING_ALGORITHM_UNKNOWN = "identity_bridge.E013"
    ENDPOINT_UNKNOWN = "identity_bridge.E014"
    LOGOUT_DELIVERY_UNKNOWN = "identity_bridge.E015"
    ISSUER_MALFORMED = "identity_bridge.E016"
    KEY_NEVER_SIGNS = "identity_bridge.E017"
    DISCOVERY_ENTRY_UNUSABLE = "identity_bridge.E018"
    ACCOUNT_PART_UNKNOWN = "identity_bridge.E019"
    PASSKEY_DOMAIN_MALFORMED = "identity_bridge.E020"
    PASSKEY_REQUIREMENT_UNKNOWN = "identity_bridge.E021"
    EXTERNAL_PROVIDER_MISCONFIGURED = "identity_bridge.E025"
    EXTERNAL_REGISTRATION_UNKNOWN = "identity_bridge.E026"
    BASE_URL_MALFORMED = "identity_bridge.E030"
    MAIL_DELIVERY_UNKNOWN = "identity_bridge.E031"
    BACKEND_MISSING = "identity_bridge.W001"
    OTHER_BACKEND = "identity_bridge.W002"
    HASHER_MISSING = "identity_bridge.W003"
    MIDDLEWARE_MISSING = "identity_bridge.W004"
    CACHE_PER_PROCESS = "identity_bridge.W005"
    UNIQUE_CHARS_ABOVE_LENGTH = "identity_bridge.W006"
    NEW_PASSWORDS_UNREADABLE = "identity_bridge.W007"
    ISSUER_WITH_SLASH = "identity_bridge.W008"
    ISSUER_FROM_ANY_HOST = "identity_bridge.W009"
    PASSKEYS_UNAVAILABLE = "identity_bridge.W010"
    EXTERNAL_LIBRARY_MISSING = "identity_bridge.W013"
    SESSION_COOKIE_STRICT = "identity_bridge.W014"
    LINKS_FROM_ANY_HOST = "identity_bridge.W016"


KEY_TYPES = ("string", "guid", "int", "bigint")
UPGRADES = ("preferred", "aspnet", "never")
COMPATIBILITY_MODES = ("V3", "V2")
PASSKEY_REQUIREMENTS = ("required", "preferred", "discouraged")

#: A name as browsers write it, so not only digits: an address has no passkeys.
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9-]{1,63}\.)*(?=[a-z0-9-]*[a-z])[a-z0-9-]{1,63}", re.ASCII
)

#: Durations of which zero means something.
_MAY_BE_ZERO = {
    "STAMP_VALIDATION_INTERVAL",  # compare at every request
    "OIDC_KEY_PROPAGATION",
    "OIDC_KEY_RETENTION",
    "OIDC_JWT_CLOCK_SKEW",
    "OIDC_REFRESH_TOKEN_REPLAY_GRACE",
    "OIDC_CONFIGURATION_CACHE_TIME",
}

#: The least value of each setting that is a number.
_LEAST = {
    "PASSWORD_ITERATIONS": 1,
    "MAX_PBKDF2_ITERATIONS": 1,
    "MAX_SALT_BYTES": 16,
    "MAX_SUBKEY_BYTES": 32,
    "PASSWORD_REQUIRED_LENGTH": 0,
    "PASSWORD_REQUIRED_UNIQUE_CHARS": 0,
    "LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": 1,
    "TRUSTED_PROXY_COUNT": 0,
}


@register(Tags.security)
def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check the values of IDENTITY_BRIDGE: first their types, then what they say."""
    settings = get_settings()
    wrong = list(_wrong_types(settings))
    return wrong or list(_wrong_meanings(settings))


def _wrong_types(settings: Settings) -> Iterable[CheckMessage]:
    hints = get_type_hints(Settings)
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if not _fits(value, hints[field.name]):
            yield Error(
                f"IDENTITY_BRIDGE[{field.name!r}] is a {type(value).__name__}, not a {field.type}.",
                hint=f"The default is {_default(field)!r}.",
                id=CheckId.SETTING_TYPE,
            )


def _default(field: Field[Any]) -> Any:
    return field.default if field.default is not MISSING else {}


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple | list):
            return False
        members = get_args(hint)
        if members[-1] is Ellipsis:
            return all(_fits(member, members[0]) for member in value)
        return len(value) == len(members) and all(map(_fits, value, members))
    if get_origin(hint) is dict:
        names, values = get_args(hint)
        return isinstance(value, dict) and all(
            _fits(key, names) and _fits(one, values) for key, one in value.items()
        )
    if hint is Any:
        return True
    if get_args(hint):  # str | None
        return any(_fits(value, member) for member in get_args(hint))
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _wrong_meanings(settings: Settings) -> Iterable[CheckMessage]:
    for name, known, check_id in (
        ("KEY_TYPE", KEY_TYPES, CheckId.KEY_TYPE_UNKNOWN),
        ("PASSWORD_UPGRADE", UPGRADES, CheckId.PASSWORD_UPGRADE_UNKNOWN),
        ("PASSWORD_COMPATIBILITY_MODE", COMPATIBILITY_MODES, CheckId.COMPATIBILITY_MODE_UNKNOWN),
        (
            "PASSKEY_USER_VERIFICATION",
            PASSKEY_REQUIREMENTS,
            CheckId.PASSKEY_REQUIREMENT_UNKNOWN,
        ),
        ("PASSKEY_RESIDENT_KEY", PASSKEY_REQUIREMENTS, CheckId.PASSKEY_REQUIREMENT_UNKNOWN),
    ):
        value = getattr(settings, name)
        if value not in known:
            yield Error(f"{name} is {value!r}.", hint=f"One of {', '.join(known)}.", id=check_id)
    for name, least in _LEAST.items():
        if getattr(settings, name) < least:
            yield Error(
                f"{name} is {getattr(settings, name)}.",
                hint=f"At least {least}.",
                id=CheckId.NUMBER_TOO_SMALL,
            )
    if settings.PASSWORD_ITERATIONS > settings.MAX_PBKDF2_ITERATIONS:
        yield Error(
            "PASSWORD_ITERATIONS is above MAX_PBKDF2_ITERATIONS.",
            hint="New passwords would never match: raise the limit, or lower the iterations.",
            id=CheckId.ITERATIONS_ABOVE_LIMIT,
        )
    if settings.PASSWORD_REQUIRED_UNIQUE_CHARS > settings.PASSWORD_REQUIRED_LENGTH:
        yield Warning(
            "PASSWORD_REQUIRED_UNIQUE_CHARS is above PASSWORD_REQUIRED_LENGTH.",
            hint="So many different characters make the password at least that long.",
            id=CheckId.UNIQUE_CHARS_ABOVE_LENGTH,
        )
    for field in fields(Settings):
        value = getattr(settings, field.name)
        zero_means = field.name in _MAY_BE_ZERO
        if isinstance(value, timedelta) and (
            value < timedelta(0) or (value == timedelta(0) and not zero_means)
        ):
            yield Error(
                f"{field.name} is {value}.",
                hint="A positive timedelta; timedelta.max is for ever.",
                id=CheckId.DURATION_NOT_POSITIVE,
            )
    for name in ("RATE_LIMIT_PER_ADDRESS", "RATE_LIMIT_PER_ACCOUNT"):
        attempts, seconds = getattr(settings, name)
        if (attempts, seconds) != (0, 0) and (attempts < 1 or seconds < 1):
            yield Error(
                f"{name} is {(attempts, seconds)!r}.",
                hint="(attempts, seconds), both positive; (0, 0) is no limit.",
                id=CheckId.RATE_LIMIT_MEANINGLESS,
            )
    domain = settings.PASSKEY_SERVER_DOMAIN
    if domain is not None and not _DOMAIN.fullmatch(domain):
        yield Error(
            f"PASSKEY_SERVER_DOMAIN is {domain!r}, which is no domain.",
            hint="A name in small letters like 'example.org', without scheme, port or path.",
            id=CheckId.PASSKEY_DOMAIN_MALFORMED,
        )
    yield from _wrong_adapter(settings)


def _wrong_adapter(settings: Settings) -> Iterable[CheckMessage]:
    for field in fields(Settings):
        if field.name not in {"ADAPTER", "OIDC_ADAPTER"}:
            continue
        path = getattr(settings, field.name)
        if path != field.default and not isclass(_imported(path)):
            yield Error(
                f"{field.name} names {path!r}, which is no class that can be imported.",
                hint="A dotted path like 'shop.identity.ShopAdapter'.",
                id=CheckId.ADAPTER_NOT_IMPORTABLE,
            )


def _imported(path: str) -> Any:
    try:
        return import_string(path)
    except (ImportError, ValueError):
        return None


def _has_subclass(paths: Iterable[str], module: str, name: str) -> bool:
    """Tell if one of the dotted paths is that class or a subclass; looks, does not import it."""
    for path in paths:
        found = _imported(path)
        if path == f"{module}.{name}" or any(
            base.__module__ == module and base.__name__ == name
            for base in getattr(found, "__mro__", ())
        ):
            return True
    return False


@register(Tags.models)
def check_user_model(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check that AUTH_USER_MODEL is ours, with the key that KEY_TYPE names."""
    from identity_bridge.fields import key_field
    from identity_bridge.models import AbstractIdentityUser

    try:
        user = apps.get_model(django_settings.AUTH_USER_MODEL)
    except (LookupError, ValueError):
        return []  # auth.E…: Django says so itself
    if not issubclass(user, AbstractIdentityUser):
        return [
            Error(
                f"AUTH_USER_MODEL is {django_settings.AUTH_USER_MODEL!r}, "
                "which is no AbstractIdentityUser.",
                hint="Use 'identity_bridge.User' or a subclass of AbstractIdentityUser.",
                obj=user,
                id=CheckId.USER_MODEL_FOREIGN,
            )
        ]
    expected, found = type(key_field()), type(user._meta.pk)
    if found is not expected:
        return [
            Error(
                f"The key of the user model is a {found.__name__}, "
                f"KEY_TYPE {get_settings().KEY_TYPE!r} is a {expected.__name__}.",
                hint="Leave 'id' to AbstractIdentityUser, and set KEY_TYPE before Django starts.",
                obj=user,
                id=CheckId.KEY_TYPE_OF_MODEL,
            )
        ]
    return []


@register(Tags.database)
def check_key_type_of_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """Check the keys of a database against KEY_TYPE; runs with migrate and check --database."""
    from identity_bridge.adoption.inspection import key_type_findings

    messages: list[CheckMessage] = []
    for alias in databases or ():
        try:
            findings = key_type_findings(connections[alias])
        except DatabaseError:
            continue  # no server, no table: others say so
        messages += [
            Error(
                f"AspNetUsers.Id in the database {alias!r} is {finding.found}, not "
                f"{finding.expected}.",
                hint=finding.advice,
                id=CheckId.KEY_TYPE_OF_DATABASE,
            )
            for finding in findings
        ]
    return messages


@register(Tags.security)
def check_project(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Check what the rules of sign-in need in Django's own settings."""
    backends = django_settings.AUTHENTICATION_BACKENDS
    if not _has_subclass(backends, "identity_bridge.signin.backend", "IdentityBackend"):
        yield Warning(
            "IdentityBackend is not in AUTHENTICATION_BACKENDS.",
            hint="Other backends enforce neither lockout nor the second factor: use "
            "'identity_bridge.signin.backend.IdentityBackend'.",
            id=CheckId.BACKEND_MISSING,
        )
    elif "django.contrib.auth.backends.ModelBackend" in backends:
        yield Warning(
            "ModelBackend is in AUTHENTICATION_BACKENDS beside IdentityBackend.",
            hint="It signs in users who are locked out or owe a second factor: remove it.",
            id=CheckId.OTHER_BACKEND,
        )
    missing = [
        name
        for name in ("AspNetIdentityPasswordHasher", "AspNetMembershipPasswordHasher")
        if not _has_subclass(
            django_settings.PASSWORD_HASHERS, "identity_bridge.passwords.hashers", name
        )
    ]
    if missing:
        yield Warning(
            f"PASSWORD_HASHERS lacks {' and '.join(missing)}.",
            hint="Django's own forms and commands cannot read ASP.NET hashes without: add "
            "'identity_bridge.passwords.hashers.<name>' after the hasher for new passwords.",
            id=CheckId.HASHER_MISSING,
        )
    keeps_readable = UPGRADES[1] == get_settings().PASSWORD_UPGRADE
    if keeps_readable and not _has_subclass(
        django_settings.PASSWORD_HASHERS[:1],
        "identity_bridge.passwords.hashers",
        "AspNetIdentityPasswordHasher",
    ):
        yield Warning(
            'PASSWORD_UPGRADE is "aspnet", but another hasher is the first of PASSWORD_HASHERS.',
            hint="A .NET application cannot read new passwords: put "
            "'identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher' first.",
            id=CheckId.NEW_PASSWORDS_UNREADABLE,
        )
    if not _has_subclass(
        django_settings.MIDDLEWARE, "identity_bridge.signin.middleware", "SecurityStampMiddleware"
    ):
        yield Warning(
            "SecurityStampMiddleware is not in MIDDLEWARE.",
            hint="Add 'identity_bridge.signin.middleware.SecurityStampMiddleware' after "
            "AuthenticationMiddleware.",
            id=CheckId.MIDDLEWARE_MISSING,
        )


@register(Tags.security, deploy=True)
def check_cache(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Check that all processes share what is counted and what may be used once."""
    settings = get_settings()
    limits = (settings.RATE_LIMIT_PER_ADDRESS, settings.RATE_LIMIT_PER_ACCOUNT)
    needs = []
    if any(tuple(limit) != (0, 0) for limit in limits):
        needs.append("the attempts that the rate limits count")
    if apps.is_installed("identity_bridge.oidc"):
        needs.append("the jti of client assertions, each of which may be used once")
    backend = django_settings.CACHES.get("default", {}).get("BACKEND", "").rpartition(".")[2]
    if needs and backend in {"LocMemCache", "DummyCache"}:
        kept = "no process keeps" if backend == "DummyCache" else "each process keeps for itself"
        yield Warning(
            f"CACHES['default'] is a {backend}: {kept} {', and '.join(needs)}.",
            hint="Set CACHES['default'] to Redis, Memcached or the database.",
            id=CheckId.CACHE_PER_PROCESS,
        )
