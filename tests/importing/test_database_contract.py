"""Every database of the fixtures is imported, and every user compared with the manifest.

The manifest was read back by the real .NET; it says what an importer must reach: each column,
role, claim, login, token and passkey, and whether the person can sign in with the old password.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory

from identity_bridge.aspnet import date_times, one_time_codes
from identity_bridge.importing.run import ImportOptions, run_import
from identity_bridge.importing.sources import open_source
from identity_bridge.models import Role, UndeclaredColumns
from identity_bridge.password_column import column_from_encoded
from identity_bridge.signin import flow, second_factor
from tests.contract_log import record_results
from tests.databases import fixture_names, fixture_source
from tests.fixtures_data import load_json

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

User = get_user_model()

_VARIANTS = {"exports_v3_string": ("csv", "csv_backslash_n", "csv_excel", "jsonl")}
_SCRIPTS = (
    "identity2",
    "identity2_hybrid",
    "membership_sha1",
    "membership_hmacsha256",
    "simple_membership",
)
_COLUMNS = {
    "user_name": "username",
    "email": "email",
    "email_confirmed": "email_confirmed",
    "phone_number": "phone_number",
    "phone_number_confirmed": "phone_number_confirmed",
    "lockout_enabled": "lockout_enabled",
    "access_failed_count": "access_failed_count",
    "two_factor_enabled": "two_factor_enabled",
}
_REFUSALS = {
    "locked_out": "LockedOut",
    "not_approved": "NotAllowed",
    "not_confirmed": "NotAllowed",
    "anonymous": "NotAllowed",
    "inactive": "NotAllowed",
    "deleted": "NotAllowed",
}


def _sources() -> list[str]:
    names = []
    for name in fixture_names():
        if name in _VARIANTS:
            names += [f"{name}/{variant}" for variant in _VARIANTS[name]]
        else:
            names.append(name)
        if name in _SCRIPTS:
            names.append(f"{name}/script.sql")
    return names


class Silent:
    def start(self, phase: str, total: int) -> None: ...
    def advance(self, number: int) -> None: ...
    def finish(self) -> None: ...


@pytest.fixture
def at_the_manifests_time(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Make it 2026-12-01T00:00:00Z, at which the manifests say who is locked out."""
    as_of = datetime(2026, 12, 1, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: as_of)
    monkeypatch.setattr("identity_bridge.signin.clock.now", as_of.timestamp)
    return as_of


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Any) -> None:
    """The hash that a wrong password pays for is not what is compared here."""
    cache.clear()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
        "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    ]
    settings.IDENTITY_BRIDGE = {
        "PASSWORD_UPGRADE": "never",
        "RATE_LIMIT_PER_ADDRESS": (0, 0),
        "RATE_LIMIT_PER_ACCOUNT": (0, 0),
    }


@pytest.mark.parametrize("name", _sources())
def test_every_user_of_a_fixture_database_is_as_the_manifest_says(
    name: str, at_the_manifests_time: datetime
) -> None:
    manifest = load_json(f"databases/{name.partition('/')[0]}/manifest.json")
    with fixture_source(name) as spec, open_source(spec) as source:
        report = run_import(source, ImportOptions(), Silent())
    assert report.error is None, report.error
    assert report.verification is not None
    assert report.verification.ok, report.verification.as_dict()

    expected_clashes = {
        str(one)
        for anomaly in manifest.get("expected_anomalies", ())
        for key in ("user_id", "user_ids")
        for one in _as_list(anomaly["key"].get(key))
    }
    wrong = {}
    for person in manifest["users"]:
        problems = _compare(person, manifest, odd=str(person["id"]) in expected_clashes)
        if problems:
            wrong[f"{person['id']} ({person['feature']})"] = problems
    role_problems = _compare_roles(manifest)
    passed = len(manifest["users"]) - len(wrong)
    record_results(f"database {name} on {connection.vendor}", passed=passed, failed=list(wrong))
    assert not wrong
    assert not role_problems
    assert _unaccounted_anomalies(manifest, report) == []


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _compare(person: dict[str, Any], manifest: dict[str, Any], *, odd: bool) -> list[str]:
    user = User.objects.filter(pk=str(person["id"])).first()
    if user is None:
        return ["is not in the target"]
    problems = []
    for theirs, ours in _COLUMNS.items():
        if theirs in person and getattr(user, ours) != person[theirs]:
            if theirs == "user_name" and _is_renamed(person, manifest):
                continue
            problems.append(f"{ours}: {getattr(user, ours)!r}, expected {person[theirs]!r}")
    for theirs in ("security_stamp", "concurrency_stamp"):
        if person.get(theirs) and getattr(user, theirs) != person[theirs]:
            problems.append(theirs)
    if not user.security_stamp:
        problems.append("security stamp is empty")
    if "password_hash" in person and column_from_encoded(user.password) != person["password_hash"]:
        problems.append("password hash")
    if person.get("normalized_as_dotnet") and not odd:
        if user.normalized_username != person["normalized_user_name"]:
            problems.append(f"normalized name {user.normalized_username!r}")
        if user.normalized_email != person["normalized_email"]:
            problems.append(f"normalized e-mail {user.normalized_email!r}")
    if "lockout_end" in person:
        expected = person["lockout_end"] and date_times.parse(person["lockout_end"])
        if user.lockout_end != expected:
            problems.append(f"lockout_end {user.lockout_end}, expected {expected}")
    problems += _compare_children(user, person, odd=odd)
    problems += _compare_sign_in(user, person)
    return problems


def _is_renamed(person: dict[str, Any], manifest: dict[str, Any]) -> bool:
    """Two people of one name in two applications: one of them comes in under a new name."""
    return sum(one["user_name"] == person["user_name"] for one in manifest["users"]) > 1


def _compare_children(user: Any, person: dict[str, Any], *, odd: bool) -> list[str]:
    problems = []
    roles = sorted(user.roles.values_list("name", flat=True))
    expected_roles = person.get("roles", [])
    if roles != expected_roles and not (
        # A role that stands there twice in two spellings becomes one.
        odd and {name.upper() for name in roles} == {one.upper() for one in expected_roles if one}
    ):
        problems.append(f"roles {roles}, expected {expected_roles}")
    if "claims" in person:
        claims = list(user.claims.order_by("pk").values_list("claim_type", "claim_value"))
        if claims != [(one["type"], one["value"]) for one in person["claims"]]:
            problems.append("claims")
    if "logins" in person:
        logins = {
            (one.login_provider, one.provider_key, one.provider_display_name)
            for one in user.logins.all()
        }
        expected = {
            (one["provider"], one["key"], one.get("display_name")) for one in person["logins"]
        }
        if "display_name" not in (person["logins"] or [{"display_name": 1}])[0]:
            logins = {(provider, key, None) for provider, key, _name in logins}
        if logins != expected:
            problems.append(f"logins {logins}, expected {expected}")
    if "tokens" in person:
        tokens = {(t.login_provider, t.name): t.value for t in user.tokens.all()}
        key = tokens.pop(("[AspNetUserStore]", "AuthenticatorKey"), None)
        codes = tokens.pop(("[AspNetUserStore]", "RecoveryCodes"), None)
        if tokens != {(t["provider"], t["name"]): t["value"] for t in person["tokens"]}:
            problems.append("tokens")
        if key != person["totp_key"] and not odd:
            problems.append("authenticator key")
        expected_codes = person["recovery_codes"]
        if expected_codes is not None:
            expected_codes = list(dict.fromkeys(filter(None, expected_codes)))
        if (None if codes is None else [c for c in codes.split(";") if c]) != expected_codes:
            problems.append("recovery codes")
    for passkey in person.get("passkeys") or ():
        problems += _compare_passkey(user, passkey)
    if person.get("passkeys") is not None and user.passkeys.count() != len(person["passkeys"]):
        problems.append("number of passkeys")
    if person.get("custom"):
        kept = UndeclaredColumns.objects.filter(table="AspNetUsers", key=str(user.pk)).first()
        found = {} if kept is None else {name.lower(): v for name, v in kept.columns.items()}
        for name in person["custom"]:
            bare = name.replace("_", "").removesuffix("hex")
            if bare not in found:
                problems.append(f"custom column {name}")
    return problems


def _compare_passkey(user: Any, expected: dict[str, Any]) -> list[str]:
    stored = user.passkeys.filter(
        credential_id=bytes.fromhex(expected["credential_id_hex"])
    ).first()
    if stored is None:
        return ["passkey is missing"]
    data = stored.data
    same = (
        data.public_key.hex() == expected["public_key_cose_hex"]
        and data.sign_count == expected["sign_count"]
        and data.name == expected["name"]
        and data.is_user_verified == expected["is_user_verified"]
        and data.is_backup_eligible == expected["is_backup_eligible"]
        and data.is_backed_up == expected["is_backed_up"]
        and data.attestation_object.hex() == expected["attestation_object_hex"]
        and data.client_data_json.decode() == expected["client_data_json"]
        and list(data.transports or []) == list(expected["transports"] or [])
    )
    return [] if same else ["passkey data"]


def _compare_sign_in(user: Any, person: dict[str, Any]) -> list[str]:
    password = person["password"]
    if user.username is None:
        return [] if not person["can_sign_in"] else ["has no user name"]
    request = RequestFactory().post("/")
    request.session = SessionStore()
    result = flow.password_sign_in(
        request=request,
        username=user.username,
        password=password or "Not-The-Password1",
        lockout_on_failure=False,
    )
    if person["can_sign_in"]:
        if result.requires_two_factor:
            return _second_step(request, person)
        return [] if result.succeeded else [f"cannot sign in: {result}"]
    expected = _REFUSALS.get(person["why_not"], "Failed")
    if result.text != expected:
        return [f"{result.text}, expected {expected} ({person['why_not']})"]
    return []


def _second_step(request: Any, person: dict[str, Any]) -> list[str]:
    """Finish with whatever second factor the person has."""
    from django.utils import timezone

    if person.get("totp_key"):
        key = one_time_codes.decode_authenticator_key(person["totp_key"])
        step = int(timezone.now().timestamp()) // 30
        code = f"{one_time_codes.totp_code(key, step):06}"
        result = second_factor.authenticator_sign_in(request=request, code=code)
        return [] if result.succeeded else [f"second factor: {result}"]
    # A code by e-mail or phone is made from the stamp, which was compared above.
    return [] if {"email", "phone"} & set(person["second_factors"]) else ["no second factor works"]


def _compare_roles(manifest: dict[str, Any]) -> list[str]:
    problems = []
    for role in manifest["roles"]:
        if "normalized_name" not in role or not (role["name"] or "").strip():
            continue
        stored = Role.objects.find_by_name(role["name"])
        if stored is None:
            problems.append(f"role {role['name']} is missing")
            continue
        claims = list(stored.claims.order_by("pk").values_list("claim_type", "claim_value"))
        wanted = [(one["type"], one["value"]) for one in role.get("claims") or []]
        if not set(wanted) <= set(claims):
            problems.append(f"claims of role {role['name']}")
    return problems


_CODES = {
    "hash_is_plain_text": {"hash_not_base64"},
    "orphan_passkey": {"orphan_user_passkey"},
}


def _unaccounted_anomalies(manifest: dict[str, Any], report: Any) -> list[str]:
    """Return the anomalies of a dirty database that the report does not name once."""
    missing = []
    for anomaly in manifest.get("expected_anomalies", ()):
        codes = _CODES.get(anomaly["kind"], {anomaly["kind"]})
        keys = [str(one) for value in anomaly["key"].values() for one in _as_list(value)]
        found = [
            one
            for one in report.issues
            if one.code in codes and (any(key in one.key or key in one.message for key in keys))
        ]
        if not found:
            missing.append(f"{anomaly['kind']} {json.dumps(anomaly['key'])}")
    return missing


def test_a_second_run_changes_nothing() -> None:
    with fixture_source("sqlite_v3_string") as spec:
        for expected in ("created", "unchanged"):
            with open_source(spec) as source:
                report = run_import(source, ImportOptions(), Silent())
            assert report.counters is not None
            users = report.counters.tables["users"]
            assert getattr(users, expected) == users.source
