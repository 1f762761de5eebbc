"""The contract: what UserManager, RoleManager and SignInManager of .NET did, ours does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from identity_bridge.signin import clock
from tests.fixtures_data import record_id, records

from .differences import listed
from .runner import Runner

AREAS = {
    "lockout", "confirmation", "rehash", "two_factor", "mutation", "create", "role", "claim",
    "concurrency", "token", "delete", "principal", "stamp_validator",
    "cookie", "passkey", "external",
}  # fmt: skip

SCENARIOS = [
    record
    for record in records("signin/scenarios.jsonl")
    if not isinstance(record, dict) or record["area"] in AREAS
]

_OPTIONS = {
    "max_failed_access_attempts": "LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS",
    "lockout_allowed_for_new_users": "LOCKOUT_ALLOWED_FOR_NEW_USERS",
    "require_confirmed_email": "SIGN_IN_REQUIRE_CONFIRMED_EMAIL",
    "require_confirmed_phone_number": "SIGN_IN_REQUIRE_CONFIRMED_PHONE_NUMBER",
    "require_confirmed_account": "SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT",
    "require_unique_email": "USER_REQUIRE_UNIQUE_EMAIL",
    "allowed_user_name_characters": "USER_ALLOWED_USER_NAME_CHARACTERS",
    "hash_mode": "PASSWORD_COMPATIBILITY_MODE",
    "hash_iterations": "PASSWORD_ITERATIONS",
    "cookie_sliding": "SLIDING_EXPIRATION",
}
_SPANS = {
    "lockout_seconds": "LOCKOUT_DEFAULT_TIME_SPAN",
    "stamp_interval_seconds": "STAMP_VALIDATION_INTERVAL",
}


def bridge_settings(options: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {
        "PASSWORD_UPGRADE": "aspnet",
        "PASSWORD_ITERATIONS": 1000,
        "RATE_LIMIT_PER_ADDRESS": (0, 0),
        "RATE_LIMIT_PER_ACCOUNT": (0, 0),
    }
    for name, value in options.items():
        if name in _OPTIONS:
            given[_OPTIONS[name]] = value
        elif name in _SPANS:
            given[_SPANS[name]] = timedelta.max if value == 2147483647 else timedelta(seconds=value)
    return given


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize("scenario", SCENARIOS, ids=record_id)
def test_a_scenario_goes_as_recorded_or_is_listed_as_different(
    scenario: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    settings.IDENTITY_BRIDGE = bridge_settings(scenario["options"])
    settings.SESSION_COOKIE_AGE = scenario["options"].get("cookie_seconds", 1209600)
    settings.PASSWORD_HASHERS = [
        "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
        "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    ]
    runner = Runner(scenario)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + runner.browser.offset)
    differences = runner.differences()
    if scenario["id"] in listed():
        assert differences, f"{scenario['id']} is listed in differences.md but does not differ"
    else:
        assert not differences, "\n".join(differences)


def test_every_listed_scenario_exists() -> None:
    known = {scenario["id"] for scenario in SCENARIOS if isinstance(scenario, dict)}
    assert not known or set(listed()) <= known
