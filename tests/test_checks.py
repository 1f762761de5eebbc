"""The system checks: exact ids, each documented, silent on a good project."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import checks as django_checks
from django.db import connection
from django.test import override_settings

from identity_bridge import checks
from identity_bridge.checks import CheckId
from identity_bridge.fields import BigIntKeyField
from identity_bridge.models import User

DOCS = Path(__file__).parent.parent / "docs" / "reference" / "checks.md"
SIGN_IN = "identity_bridge.signin"
HASHERS = "identity_bridge.passwords.hashers"


def ids(function: Any, **kwargs: Any) -> list[str]:
    return [str(message.id) for message in function(None, **kwargs)]


def settings_ids(**given: Any) -> list[str]:
    with override_settings(IDENTITY_BRIDGE=given):
        return ids(checks.check_settings)


def test_the_defaults_are_fine() -> None:
    assert settings_ids() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"KEY_TYPE": 3}, ["identity_bridge.E001"]),
        ({"PASSWORD_ITERATIONS": True}, ["identity_bridge.E001"]),
        ({"PASSWORD_ITERATIONS": "100000"}, ["identity_bridge.E001"]),
        ({"LOCKOUT_DEFAULT_TIME_SPAN": 300}, ["identity_bridge.E001"]),
        ({"RATE_LIMIT_PER_ACCOUNT": (1,)}, ["identity_bridge.E001"]),
        ({"RATE_LIMIT_PER_ACCOUNT": ("1", 2)}, ["identity_bridge.E001"]),
        ({"STAFF_ROLES": "Administrators"}, ["identity_bridge.E001"]),
        ({"USER_REQUIRE_UNIQUE_EMAIL": 1}, ["identity_bridge.E001"]),
        ({"OIDC_DISCOVERY_ENTRIES": {1: "x"}}, ["identity_bridge.E001"]),
        ({"OIDC_DISCOVERY_ENTRIES": [("a", "x")]}, ["identity_bridge.E001"]),
        ({"OIDC_EXTENSION_GRANTS": {"urn:x": print}}, ["identity_bridge.E001"]),
        ({"KEY_TYPE": 3, "LOGIN_BY_EMAIL": None}, ["identity_bridge.E001"] * 2),
        ({"KEY_TYPE": "uuid"}, ["identity_bridge.E002"]),
        ({"ADAPTER": "shop.adapters.Nothing"}, ["identity_bridge.E003"]),
        ({"ADAPTER": "identity_bridge.checks.check_cache"}, ["identity_bridge.E003"]),
        ({"PASSWORD_UPGRADE": "always"}, ["identity_bridge.E004"]),
        ({"PASSWORD_COMPATIBILITY_MODE": "V4"}, ["identity_bridge.E005"]),
        ({"PASSWORD_ITERATIONS": 0}, ["identity_bridge.E006"]),
        ({"TRUSTED_PROXY_COUNT": -1}, ["identity_bridge.E006"]),
        ({"LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": 0}, ["identity_bridge.E006"]),
        ({"PASSWORD_ITERATIONS": 6_000_000}, ["identity_bridge.E007"]),
        ({"TWO_FACTOR_TIMEOUT": timedelta(0)}, ["identity_bridge.E008"]),
        ({"STAMP_VALIDATION_INTERVAL": timedelta(seconds=-1)}, ["identity_bridge.E008"]),
        ({"RATE_LIMIT_PER_ADDRESS": (0, 86_400)}, ["identity_bridge.E009"]),
        ({"RATE_LIMIT_PER_ACCOUNT": (10, 0)}, ["identity_bridge.E009"]),
        ({"PASSWORD_REQUIRED_UNIQUE_CHARS": 7}, ["identity_bridge.W006"]),
        ({"PASSKEY_TIMEOUT": timedelta(0)}, ["identity_bridge.E008"]),
        ({"PASSKEY_SERVER_DOMAIN": "https://example.org"}, ["identity_bridge.E020"]),
        ({"PASSKEY_SERVER_DOMAIN": "example.org:443"}, ["identity_bridge.E020"]),
        ({"PASSKEY_SERVER_DOMAIN": "Example.org"}, ["identity_bridge.E020"]),
        ({"PASSKEY_SERVER_DOMAIN": "127.0.0.1"}, ["identity_bridge.E020"]),
        ({"PASSKEY_SERVER_DOMAIN": ""}, ["identity_bridge.E020"]),
        ({"PASSKEY_USER_VERIFICATION": "always"}, ["identity_bridge.E021"]),
        ({"PASSKEY_RESIDENT_KEY": "yes"}, ["identity_bridge.E021"]),
    ],
)
def test_a_setting_that_means_nothing_is_reported(
    given: dict[str, Any], expected: list[str]
) -> None:
    assert settings_ids(**given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"STAMP_VALIDATION_INTERVAL": timedelta(0)},
        {"LOCKOUT_DEFAULT_TIME_SPAN": timedelta.max},
        {"RATE_LIMIT_PER_ACCOUNT": (0, 0)},
        {"RATE_LIMIT_PER_ADDRESS": [5, 60]},
        {"STAFF_ROLES": ["Administrators"]},
        {"ADAPTER": "identity_bridge.models.User"},
        {"PASSKEY_SERVER_DOMAIN": "id.example.org"},
        {"PASSKEY_SERVER_DOMAIN": "localhost"},
        {"PASSKEY_USER_VERIFICATION": "discouraged"},
    ],
)
def test_an_unusual_setting_is_fine(given: dict[str, Any]) -> None:
    assert settings_ids(**given) == []


def test_the_user_model_must_be_ours() -> None:
    assert ids(checks.check_user_model) == []
    with override_settings(AUTH_USER_MODEL="auth.Group"):
        assert ids(checks.check_user_model) == ["identity_bridge.E010"]
    with override_settings(AUTH_USER_MODEL="nowhere.User"):
        assert ids(checks.check_user_model) == []


def test_the_key_of_the_model_must_be_of_the_key_type() -> None:
    assert not isinstance(User._meta.pk, BigIntKeyField)
    with override_settings(IDENTITY_BRIDGE={"KEY_TYPE": "bigint"}):
        assert ids(checks.check_user_model) == ["identity_bridge.E011"]


@pytest.mark.django_db
def test_the_keys_of_the_database_must_be_of_the_key_type() -> None:
    assert ids(checks.check_key_type_of_database, databases=["default"]) == []
    assert ids(checks.check_key_type_of_database) == []
    with override_settings(IDENTITY_BRIDGE={"KEY_TYPE": "int"}):
        assert ids(checks.check_key_type_of_database, databases=["default"]) == [
            "identity_bridge.E012"
        ]


@pytest.mark.django_db
def test_a_database_without_the_table_is_not_judged() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with override_settings(IDENTITY_BRIDGE={"KEY_TYPE": "int"}):
        from identity_bridge.adoption.reading import read_schema

        assert read_schema(connection, ["AspNetNothing"], ()).tables == ()


PROJECT: dict[str, Any] = {
    "IDENTITY_BRIDGE": {},
    "AUTHENTICATION_BACKENDS": [f"{SIGN_IN}.backend.IdentityBackend"],
    "MIDDLEWARE": [f"{SIGN_IN}.middleware.SecurityStampMiddleware"],
    "PASSWORD_HASHERS": [
        f"{HASHERS}.AspNetIdentityPasswordHasher",
        f"{HASHERS}.AspNetMembershipPasswordHasher",
    ],
}
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"AUTHENTICATION_BACKENDS": [MODEL_BACKEND]}, ["identity_bridge.W001"]),
        ({"AUTHENTICATION_BACKENDS": ["nowhere.Backend"]}, ["identity_bridge.W001"]),
        (
            {"AUTHENTICATION_BACKENDS": [*PROJECT["AUTHENTICATION_BACKENDS"], MODEL_BACKEND]},
            ["identity_bridge.W002"],
        ),
        ({"PASSWORD_HASHERS": PROJECT["PASSWORD_HASHERS"][:1]}, ["identity_bridge.W003"]),
        ({"PASSWORD_HASHERS": []}, ["identity_bridge.W003"]),
        ({"MIDDLEWARE": []}, ["identity_bridge.W004"]),
        (
            {
                "IDENTITY_BRIDGE": {"PASSWORD_UPGRADE": "aspnet"},
                "PASSWORD_HASHERS": PROJECT["PASSWORD_HASHERS"][::-1],
            },
            ["identity_bridge.W007"],
        ),
        ({"IDENTITY_BRIDGE": {"PASSWORD_UPGRADE": "aspnet"}}, []),
    ],
)
def test_what_a_project_lacks_is_reported(changed: dict[str, Any], expected: list[str]) -> None:
    with override_settings(**PROJECT | changed):
        assert ids(checks.check_project) == expected


@pytest.mark.parametrize(
    ("backend", "limits", "expected"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", {}, ["identity_bridge.W005"]),
        ("django.core.cache.backends.dummy.DummyCache", {}, ["identity_bridge.W005"]),
        ("django.core.cache.backends.redis.RedisCache", {}, []),
        (
            "django.core.cache.backends.locmem.LocMemCache",
            {"RATE_LIMIT_PER_ADDRESS": (0, 0), "RATE_LIMIT_PER_ACCOUNT": (0, 0)},
            [],
        ),
    ],
)
def test_rate_limits_need_a_shared_cache(
    backend: str, limits: dict[str, Any], expected: list[str]
) -> None:
    with override_settings(CACHES={"default": {"BACKEND": backend}}, IDENTITY_BRIDGE=limits):
        assert ids(checks.check_cache) == expected


def test_the_cache_is_a_matter_of_deployment() -> None:
    registered = django_checks.registry.registry
    assert checks.check_cache in registered.deployment_checks
    for function in (checks.check_settings, checks.check_user_model, checks.check_project):
        assert function in registered.registered_checks


def test_each_message_has_a_hint() -> None:
    with override_settings(
        IDENTITY_BRIDGE={"KEY_TYPE": "x", "PASSWORD_ITERATIONS": 0, "PASSWORD_UPGRADE": "x"},
        AUTHENTICATION_BACKENDS=[MODEL_BACKEND],
        PASSWORD_HASHERS=[],
        MIDDLEWARE=[],
    ):
        messages = [*checks.check_settings(None), *checks.check_project(None)]
    assert len(messages) == 6
    assert all(message.hint for message in messages)


def test_ids_are_unique_and_well_formed() -> None:
    assert len({str(check_id) for check_id in CheckId}) == len(CheckId.__members__)
    assert all(re.fullmatch(r"identity_bridge\.[EW]\d{3}", check_id) for check_id in CheckId)


def test_the_documentation_has_each_id_once() -> None:
    documented = re.findall(r"^\| (identity_bridge\.\w+) \|", DOCS.read_text(), flags=re.MULTILINE)
    assert sorted(documented) == sorted(str(check_id) for check_id in CheckId)
