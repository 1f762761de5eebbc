"""What must never happen in an import: each line of the promise is a test of its name.

Most are ways in which other migrations lose accounts: an external login, a second factor, a
lockout, a spelling of a name.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.test import RequestFactory

from identity_bridge.aspnet import date_times, one_time_codes
from identity_bridge.aspnet.password_hash import HashOptions, hash_password
from identity_bridge.models import ImportedRecord, UndeclaredColumns
from identity_bridge.signin import flow, second_factor
from tests.importing.small_sources import PASSWORD, PASSWORD_BLOB, SmallSource, issues_of

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture(autouse=True)
def _cheap(settings: Any) -> None:
    cache.clear()
    settings.PASSWORD_HASHERS = [
        "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
    ]
    settings.IDENTITY_BRIDGE = {"PASSWORD_ITERATIONS": 1000}


def _sign_in(username: str, password: str = PASSWORD) -> Any:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    result = flow.password_sign_in(
        request=request, username=username, password=password, lockout_on_failure=False
    )
    return result, request


def test_no_account_is_skipped_without_a_line_in_the_report(source: SmallSource) -> None:
    User.objects.create_user("mine", id="exists")
    User.objects.create_user("taken", id="owner")
    for key, name in (
        ("exists", "other"),
        ("u1", "taken"),
        ("u2", "TAKEN"),
        ("long", "x" * 300),
        ("plain", "plain"),
    ):
        source.user(key, name)
    report = source.imported()
    named = {one.key for one in report.issues}
    for key in ("exists", "u1", "u2", "long", "plain"):
        arrived = ImportedRecord.objects.filter(kind="user", key=key).exists()
        assert arrived or key in named
    users = report.counters.tables["users"]
    assert users.accounted == users.source == 5


def test_two_accounts_with_one_address_both_come_in(source: SmallSource) -> None:
    for key in ("u1", "u2"):
        source.user(key, Email="a@example.com", NormalizedEmail="A@EXAMPLE.COM")
    assert source.imported().exit_code == 0
    assert User.objects.count() == 2


def test_a_locked_user_is_never_revived(source: SmallSource) -> None:
    source.user("u1", LockoutEnd="9999-12-31 23:59:59.9999999+00:00", AccessFailedCount=3)
    source.user("u2", LockoutEnd="not a date at all")
    source.imported()
    for name in ("u1", "u2"):
        assert _sign_in(name)[0].is_locked_out
        assert User.objects.get(pk=name).lockout_end == date_times.MAX_VALUE
    assert User.objects.get(pk="u1").access_failed_count == 3


def test_a_user_switched_off_at_the_source_is_never_revived(
    source: SmallSource, settings: Any
) -> None:
    settings.IDENTITY_BRIDGE = {"IMPORT_IS_ACTIVE_COLUMN": "IsActive"}
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "IsActive" INTEGER DEFAULT 1')
    source.user("u1", IsActive=0)
    source.user("u2")
    source.imported()
    assert not _sign_in("u1")[0].succeeded
    assert _sign_in("u2")[0].succeeded


def test_a_column_that_may_switch_users_off_is_reported_where_it_is_not_obeyed(
    source: SmallSource,
) -> None:
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "IsActive" INTEGER DEFAULT 1')
    source.user("u1", IsActive=0)
    assert issues_of(source.imported(), "disabled_by_custom_column") == ["u1"]
    assert UndeclaredColumns.objects.get().columns == {"IsActive": False}


def test_an_unconfirmed_address_never_becomes_a_way_in(source: SmallSource, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"LOGIN_BY_EMAIL": True}
    source.user("u1", Email="a@example.com", NormalizedEmail="A@EXAMPLE.COM", EmailConfirmed=0)
    source.user("u2", Email="b@example.com", NormalizedEmail="B@EXAMPLE.COM", TwoFactorEnabled=1)
    source.change("u2", EmailConfirmed=0)
    source.imported()
    assert not User.objects.get(pk="u1").email_confirmed
    assert not _sign_in("a@example.com")[0].succeeded
    assert not _sign_in("u2")[0].requires_two_factor


@pytest.mark.parametrize("typed", ["alice", "ALICE", "Alice"])
def test_alice_signs_in_in_any_letters(source: SmallSource, typed: str) -> None:
    source.user("u1", "alice")
    source.imported()
    assert _sign_in(typed)[0].succeeded


def test_alice_and_her_namesake_in_capitals_both_sign_in(source: SmallSource) -> None:
    source.user("u1", "alice")
    other = hash_password("Other-1!", options=HashOptions(iterations=1000))
    source.user("u2", "ALICE", NormalizedUserName=None, PasswordHash=other)
    source.imported()
    assert _sign_in("alice")[0].succeeded
    assert _sign_in("ALICE", "Other-1!")[0].succeeded


def test_a_user_without_normalized_names_signs_in(source: SmallSource) -> None:
    source.user("u1", "Alice", NormalizedUserName=None)
    source.imported()
    assert _sign_in("alice")[0].succeeded


def test_no_second_factor_role_claim_login_or_phone_number_is_dropped(source: SmallSource) -> None:
    source.user("u1", PhoneNumber="+43 1", PhoneNumberConfirmed=1, TwoFactorEnabled=1)
    key = "JBSWY3DPEHPK3PXP"
    source.token("u1", "AuthenticatorKey", key)
    source.token("u1", "RecoveryCodes", "AAAAA-BBBBB;CCCCC-DDDDD")
    source.token("u1", "refresh_token", "kept", provider="Google")
    source.login("u1", "Google", "g1")
    source.role("r1", "Editors")
    source.insert("AspNetRoleClaims", RoleId="r1", ClaimType="permission", ClaimValue="write")
    source.member("u1", "r1")
    source.claim("u1", "department", None)
    source.imported()
    user = User.objects.get(pk="u1")
    assert (user.phone_number, user.phone_number_confirmed) == ("+43 1", True)
    assert {token.name: token.value for token in user.tokens.all()} == {
        "AuthenticatorKey": key,
        "RecoveryCodes": "AAAAA-BBBBB;CCCCC-DDDDD",
        "refresh_token": "kept",
    }
    assert [login.provider_key for login in user.logins.all()] == ["g1"]
    assert [claim.claim_type for claim in user.claims.all()] == ["department"]
    assert [one.claim_value for one in user.roles.get().claims.all()] == ["write"]
    result, request = _sign_in("u1")
    assert result.requires_two_factor
    from django.utils import timezone

    step = int(timezone.now().timestamp()) // 30
    code = f"{one_time_codes.totp_code(one_time_codes.decode_authenticator_key(key), step):06}"
    assert second_factor.authenticator_sign_in(request=request, code=code).succeeded


def test_a_custom_column_is_never_dropped(source: SmallSource) -> None:
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "ShoeSize" TEXT')
    source.user("u1", ShoeSize="45½")
    report = source.imported()
    assert UndeclaredColumns.objects.get(key="u1").columns == {"ShoeSize": "45½"}
    assert issues_of(report, "undeclared_columns")


def test_a_user_with_an_external_login_keeps_the_local_password(source: SmallSource) -> None:
    source.user("u1")
    source.login("u1", "Google", "g1")
    source.imported()
    assert _sign_in("u1")[0].succeeded
    assert User.objects.find_by_login("Google", "g1").pk == "u1"


@pytest.mark.parametrize("stamp", [None, ""])
def test_no_security_stamp_is_null(source: SmallSource, stamp: str | None) -> None:
    source.user("u1", SecurityStamp=stamp, ConcurrencyStamp=stamp)
    report = source.imported()
    assert User.objects.get(pk="u1").security_stamp
    assert User.objects.get(pk="u1").concurrency_stamp
    assert issues_of(report, "null_security_stamp") == ["u1"]
    assert report.verification.ok


@pytest.mark.parametrize("key", ["A1B2", "a1b2 ", "ünïcode", "0", "with/slash", "42"])
def test_sub_is_the_id_of_the_source_character_by_character(source: SmallSource, key: str) -> None:
    source.user(key, "somebody")
    source.imported()
    assert User.objects.get().pk == key


@pytest.mark.parametrize("length", [65, 101, 500, 4096])
def test_no_password_is_refused_for_its_length(source: SmallSource, length: int) -> None:
    password = "Pä1!" * (length // 4) + "x" * (length % 4)
    source.user("u1", PasswordHash=hash_password(password, options=HashOptions(iterations=1000)))
    source.imported()
    assert _sign_in("u1", password)[0].succeeded


def test_a_failed_record_never_takes_its_neighbours_with_it(source: SmallSource) -> None:
    for number in range(40):
        source.user(f"u{number:02}")
    source.change("u17", UserName="x" * 300)
    source.change("u18", Id="k" * 600, UserName="long-key")
    report = source.imported()
    keys = set(User.objects.values_list("pk", flat=True))
    assert {f"u{n:02}" for n in range(40)} - {"u17", "u18"} <= keys
    assert "u17" not in keys
    assert report.exit_code == 1


def test_a_user_without_a_password_gets_none(source: SmallSource) -> None:
    source.user("u1", PasswordHash=None)
    source.user("u2", PasswordHash="")
    source.user("u3", PasswordHash=PASSWORD_BLOB)
    source.imported()
    for password in ("", PASSWORD):
        for name in ("u1", "u2"):
            assert not _sign_in(name, password)[0].succeeded
    assert not User.objects.get(pk="u1").has_password()
