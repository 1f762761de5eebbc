"""The settings: read once, unknown keys refused, each documented, and each changes something."""

from __future__ import annotations

import ast
import re
from dataclasses import FrozenInstanceError, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory, override_settings

from identity_bridge.adapter import IdentityAdapter, get_adapter
from identity_bridge.conf import Settings, get_settings
from identity_bridge.models import User
from identity_bridge.passwords.hashers import AspNetIdentityPasswordHasher, hash_limits
from identity_bridge.signin import clock, remembered_browser, two_factor_session

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "reference" / "settings.md"
HERE = "tests/test_conf.py"
SCENARIOS = (
    "tests/signin/scenarios/test_scenarios.py"
    "::test_a_scenario_goes_as_recorded_or_is_listed_as_different"
)
VALIDATORS = "tests/passwords/test_validators.py"
PASSWORDS = "tests/signin/test_attacks_on_passwords.py"
PASSKEYS = "tests/signin/test_passkeys.py"
RATE_LIMIT = "tests/signin/test_rate_limit.py"
MAILS = "tests/account/registration/test_mails.py"
KEYS = "tests/models/test_key_types.py"

EXTERNAL = "tests/account/external"
SIGNING_OUT = "tests/oidc/test_signing_out.py"
PROVIDER = "tests/oidc/test_settings.py"
PRIVILEGES = "tests/importing/test_privileges.py"
ROLES_NAMED = "test_allow_privileged_makes_staff_and_superusers_of_the_roles_named"

#: The test that shows what each setting changes.
SHOWN_BY = {
    "ACCOUNT_DISABLED_PARTS": "tests/account/test_parts.py"
    "::test_a_part_that_is_off_has_neither_page_nor_link",
    "ACCOUNT_BASE_URL": f"{MAILS}::test_links_begin_with_the_host_of_the_request_or_what_is_set",
    "MAIL_DELIVERY": f"{MAILS}::test_the_answer_waits_for_the_mail_or_not_as_is_set",
    "KEY_TYPE": f"{KEYS}::test_users_live_under_such_keys",
    "ADAPTER": f"{HERE}::test_the_adapter_is_the_class_that_is_named",
    "PASSWORD_UPGRADE": "tests/passwords/test_upgrade.py"
    "::test_after_the_right_password_the_hash_is_what_the_policy_says",
    "PASSWORD_COMPATIBILITY_MODE": f"{HERE}::test_new_hashes_have_the_format_that_is_set",
    "PASSWORD_ITERATIONS": f"{HERE}::test_new_hashes_have_the_format_that_is_set",
    "MAX_PBKDF2_ITERATIONS": "tests/passwords/test_verify.py::test_the_limits_are_settings",
    "MAX_SALT_BYTES": f"{HERE}::test_a_hash_beyond_a_limit_does_not_match",
    "MAX_SUBKEY_BYTES": f"{HERE}::test_a_hash_beyond_a_limit_does_not_match",
    "PASSWORD_REQUIRED_LENGTH": f"{VALIDATORS}::test_the_numbers_are_settings",
    "PASSWORD_REQUIRED_UNIQUE_CHARS": f"{VALIDATORS}::test_the_numbers_are_settings",
    "PASSWORD_REQUIRE_NON_ALPHANUMERIC": f"{VALIDATORS}::test_each_rule_can_be_switched_off",
    "PASSWORD_REQUIRE_LOWERCASE": f"{VALIDATORS}::test_each_rule_can_be_switched_off",
    "PASSWORD_REQUIRE_UPPERCASE": f"{VALIDATORS}::test_each_rule_can_be_switched_off",
    "PASSWORD_REQUIRE_DIGIT": f"{VALIDATORS}::test_each_rule_can_be_switched_off",
    "USER_ALLOWED_USER_NAME_CHARACTERS": SCENARIOS,
    "USER_REQUIRE_UNIQUE_EMAIL": SCENARIOS,
    "LOGIN_BY_EMAIL": f"{PASSWORDS}"
    "::test_an_email_address_signs_in_only_if_the_setting_and_the_user_say_so",
    "SIGN_IN_REQUIRE_CONFIRMED_EMAIL": SCENARIOS,
    "SIGN_IN_REQUIRE_CONFIRMED_PHONE_NUMBER": SCENARIOS,
    "SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT": SCENARIOS,
    "LOCKOUT_ALLOWED_FOR_NEW_USERS": SCENARIOS,
    "LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": SCENARIOS,
    "LOCKOUT_DEFAULT_TIME_SPAN": SCENARIOS,
    "SLIDING_EXPIRATION": SCENARIOS,
    "STAMP_VALIDATION_INTERVAL": SCENARIOS,
    "REAUTHENTICATE_AFTER": "tests/account/test_signing_in_again.py"
    "::test_how_long_a_sign_in_is_recent_is_a_setting",
    "REMEMBER_BROWSER_FOR": f"{HERE}::test_a_browser_is_remembered_as_long_as_is_set",
    "AUDIT_TABLE": "tests/signin/test_audit_table.py::test_an_event_is_a_row_where_that_is_set",
    "AUTHENTICATOR_ISSUER": "tests/account/second_factor/test_authenticator.py"
    "::test_the_app_shows_the_name_that_is_set",
    "TWO_FACTOR_TIMEOUT": f"{HERE}::test_the_second_factor_has_the_time_that_is_set",
    "PASSKEY_SERVER_DOMAIN": f"{PASSKEYS}::test_the_domain_is_a_setting",
    "PASSKEY_TIMEOUT": f"{PASSKEYS}::test_the_time_for_a_ceremony_is_a_setting",
    "PASSKEY_USER_VERIFICATION": f"{PASSKEYS}::test_verification_of_the_user_is_a_setting",
    "PASSKEY_RESIDENT_KEY": f"{PASSKEYS}::test_discoverable_keys_are_a_setting",
    "RATE_LIMIT_PER_ADDRESS": f"{RATE_LIMIT}::test_an_address_has_so_many_attempts",
    "RATE_LIMIT_PER_ACCOUNT": f"{RATE_LIMIT}::test_an_account_has_so_many_attempts_from_anywhere",
    "TRUSTED_PROXY_COUNT": f"{RATE_LIMIT}::test_only_what_the_trusted_proxies_wrote_is_believed",
    "EXTERNAL_PROVIDERS": f"{EXTERNAL}/test_sign_in.py::test_the_owner_of_the_login_comes_in",
    "EXTERNAL_REGISTRATION": f"{EXTERNAL}/test_registration.py"
    "::test_where_nobody_is_registered_only_known_logins_sign_in",
    "IMPORT_IS_ACTIVE_COLUMN": "tests/importing/test_is_active_column.py"
    "::test_with_the_setting_the_column_decides",
    "STAFF_ROLES": f"{PRIVILEGES}::{ROLES_NAMED}",
    "SUPERUSER_ROLES": f"{PRIVILEGES}::{ROLES_NAMED}",
    "OIDC_ISSUER": f"{PROVIDER}::test_the_issuer_is_the_host_of_the_request_or_what_is_set",
    "OIDC_ADAPTER": f"{PROVIDER}::test_the_adapter_is_the_class_that_is_named",
    "OIDC_DISABLED_ENDPOINTS": f"{PROVIDER}"
    "::test_a_disabled_endpoint_is_neither_there_nor_announced",
    "OIDC_DISCOVERY_ENTRIES": f"{PROVIDER}"
    "::test_the_discovery_documents_have_the_entries_that_are_set",
    "OIDC_CONSENT_URL": f"{PROVIDER}::test_people_are_sent_to_the_page_that_is_set",
    "OIDC_LOGOUT_URL": f"{PROVIDER}::test_signing_out_leads_to_the_page_that_is_set",
    "OIDC_REDIRECT_AFTER_SIGN_OUT": f"{SIGNING_OUT}"
    "::test_the_way_back_is_a_link_or_taken_as_is_set",
    "OIDC_DEVICE_URL": f"{PROVIDER}::test_devices_show_the_page_that_is_set",
    "OIDC_ERROR_URL": f"{PROVIDER}::test_people_are_sent_to_the_page_that_is_set",
    "OIDC_CREATE_ACCOUNT_URL": f"{PROVIDER}::test_people_are_sent_to_the_page_that_is_set",
    "OIDC_CHECK_SESSION_COOKIE": f"{PROVIDER}::test_the_session_cookie_has_the_name_that_is_set",
    "OIDC_SIGNING_ALGORITHMS": f"{PROVIDER}::test_the_first_algorithm_signs_and_each_has_a_key",
    "OIDC_KEY_PROPAGATION": f"{PROVIDER}::test_keys_are_announced_sign_retire_and_go_as_is_set",
    "OIDC_KEY_ROTATION": f"{PROVIDER}::test_keys_are_announced_sign_retire_and_go_as_is_set",
    "OIDC_KEY_RETENTION": f"{PROVIDER}::test_keys_are_announced_sign_retire_and_go_as_is_set",
    "OIDC_KEY_ENCRYPTION_KEYS": f"{PROVIDER}"
    "::test_private_keys_are_encrypted_with_the_secret_that_is_set",
    "OIDC_ACCESS_TOKEN_TYPE": f"{PROVIDER}::test_access_tokens_have_the_type_that_is_set",
    "OIDC_EMIT_STATIC_AUDIENCE_CLAIM": f"{PROVIDER}::test_the_static_audience_is_added_if_set",
    "OIDC_EMIT_SCOPES_AS_SPACE_DELIMITED_STRING": f"{PROVIDER}::test_scopes_are_one_text_if_set",
    "OIDC_EMIT_STATE_HASH": f"{PROVIDER}::test_id_tokens_have_a_hash_of_the_state_if_set",
    "OIDC_JWT_CLOCK_SKEW": f"{PROVIDER}::test_a_jwt_that_is_over_is_taken_for_as_long_as_is_set",
    "OIDC_PASSWORD_GRANT_SKIPS_SECOND_FACTOR": f"{PROVIDER}"
    "::test_a_second_factor_stops_the_password_grant_unless_set",
    "OIDC_REFRESH_TOKEN_REPLAY_GRACE": f"{PROVIDER}"
    "::test_a_replay_ends_the_family_only_after_the_grace",
    "OIDC_TOKENS_END_WITH_SECURITY_STAMP": f"{PROVIDER}::test_a_new_password_ends_tokens_if_set",
    "OIDC_COORDINATE_LIFETIMES_WITH_SESSION": f"{PROVIDER}"
    "::test_tokens_end_with_the_session_if_set",
    "OIDC_LOGOUT_DELIVERY": f"{PROVIDER}::test_logout_tokens_are_sent_by_whom_is_set",
    "OIDC_CONFIGURATION_CACHE_TIME": f"{PROVIDER}"
    "::test_the_configuration_is_read_anew_after_the_time_that_is_set",
    "OIDC_EXTENSION_GRANTS": f"{PROVIDER}::test_an_extension_grant_is_the_function_that_is_named",
}


def given(**values: Any) -> override_settings:
    return override_settings(IDENTITY_BRIDGE=values)


# Reading


def test_without_any_the_defaults_are_in_force(settings: Any) -> None:
    del settings.IDENTITY_BRIDGE
    assert get_settings() == Settings()


def test_what_is_given_is_in_force_and_forgotten_after() -> None:
    with given(KEY_TYPE="guid"):
        assert get_settings().KEY_TYPE == "guid"
        assert get_settings() is get_settings()
    with given():
        assert get_settings().KEY_TYPE == "string"


def test_an_unknown_key_is_an_error_that_names_it_and_the_known_ones() -> None:
    with given(KEYTYPE="guid", LOGIN=1), pytest.raises(ImproperlyConfigured) as caught:
        get_settings()
    assert "no setting KEYTYPE, LOGIN." in str(caught.value)
    assert "KEY_TYPE" in str(caught.value)


def test_settings_cannot_be_assigned() -> None:
    with pytest.raises(FrozenInstanceError):
        get_settings().KEY_TYPE = "int"  # type: ignore[misc]


# Documentation


def documented() -> dict[str, str]:
    """Return {setting: default as written} of docs/reference/settings.md, in its order."""
    sections = re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        name, _, body = section.partition("\n")
        match = re.match(r"\nDefault: `(.+)`\n\n(?P<meaning>\S.{10,})", body)
        assert match, f"{name} has no default or no meaning"
        found[name.strip()] = match[1]
    return found


def test_every_setting_is_documented_in_order() -> None:
    assert list(documented()) == [field.name for field in fields(Settings)]


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_the_documented_default_is_the_default(field: Any) -> None:
    written = documented()[field.name]
    assert eval(written, {"timedelta": timedelta}) == getattr(Settings(), field.name)


# Each setting changes something


def test_every_setting_has_a_test_that_shows_it() -> None:
    names = {field.name for field in fields(Settings)}
    assert SHOWN_BY.keys() == names


@pytest.mark.parametrize("node", sorted(set(SHOWN_BY.values())))
def test_the_test_named_for_a_setting_exists(node: str) -> None:
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}


class OwnAdapter(IdentityAdapter):
    """A project's adapter."""


def test_the_adapter_is_the_class_that_is_named() -> None:
    assert type(get_adapter()) is IdentityAdapter
    with given(ADAPTER="tests.test_conf.OwnAdapter"):
        assert type(get_adapter()).__name__ == "OwnAdapter"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"PASSWORD_COMPATIBILITY_MODE": "V2"}, "v2"),
        ({"PASSWORD_ITERATIONS": 1000}, "v3_sha512_1000"),
        ({"PASSWORD_ITERATIONS": 2000}, "v3_sha512_2000"),
    ],
)
def test_new_hashes_have_the_format_that_is_set(values: dict[str, Any], kind: str) -> None:
    hasher = AspNetIdentityPasswordHasher()
    with given(**values):
        assert hasher.decode(hasher.encode("Right-1!", ""))["kind"] == kind


@pytest.mark.parametrize("values", [{"MAX_SALT_BYTES": 15}, {"MAX_SUBKEY_BYTES": 31}])
def test_a_hash_beyond_a_limit_does_not_match(values: dict[str, int]) -> None:
    hasher = AspNetIdentityPasswordHasher()
    with given(PASSWORD_ITERATIONS=1000):
        encoded = hasher.encode("Right-1!", "")
        assert hasher.verify("Right-1!", encoded)
    with given(PASSWORD_ITERATIONS=1000, **values):
        assert not hasher.verify("Right-1!", encoded)
        limits = hash_limits()
    assert {limits.max_salt_bytes, limits.max_subkey_bytes} & set(values.values())


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_000_000.0 + seconds)


def test_a_browser_is_remembered_as_long_as_is_set(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    user = User.objects.create_user("Ada")
    request = RequestFactory().get("/")
    at(monkeypatch, 0)
    remembered_browser.remember(request=request, user=user)
    at(monkeypatch, 3600)
    assert remembered_browser.is_remembered(request=request, user=user)
    with given(REMEMBER_BROWSER_FOR=timedelta(minutes=59)):
        assert not remembered_browser.is_remembered(request=request, user=user)


def test_the_second_factor_has_the_time_that_is_set(
    monkeypatch: pytest.MonkeyPatch, client: Any, db: None
) -> None:
    user = User.objects.create_user("Ada")
    request: Any = RequestFactory().get("/")
    request.session = client.session
    at(monkeypatch, 0)
    two_factor_session.begin(request=request, user=user)
    at(monkeypatch, 140)
    assert two_factor_session.current_user(request=request) == user
    with given(TWO_FACTOR_TIMEOUT=timedelta(minutes=2)):
        assert two_factor_session.current_user(request=request) is None
