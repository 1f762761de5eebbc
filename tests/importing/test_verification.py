"""The second look finds what an import got wrong."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.importing import verification
from identity_bridge.importing.apply import Applier
from identity_bridge.importing.counters import Counters
from identity_bridge.importing.digests import source_digest
from identity_bridge.models import (
    ImportedRecord,
    UndeclaredColumns,
    UserClaim,
    UserLogin,
    UserPasskey,
    UserRole,
    UserToken,
)
from tests.importing.passkeys import passkey_json
from tests.importing.small_sources import SmallSource, issues_of, run_command

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture
def full(source: SmallSource) -> SmallSource:
    for key in ("u1", "u2", "u3"):
        source.user(key)
        source.claim(key, "department", "sales")
        source.login(key, "Google", key)
    source.role("r1", "Editors")
    source.member("u1", "r1")
    return source


def _tamper_afterwards(monkeypatch: pytest.MonkeyPatch, action: Any) -> None:
    original = Applier.apply

    def apply(self: Applier, batch: Any) -> Any:
        issues = original(self, batch)
        action()
        return issues

    monkeypatch.setattr(Applier, "apply", apply)


def _raw(column: str, value: object) -> Any:
    def change() -> None:
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quote('AspNetUsers')} SET {quote(column)} = %s"
                f" WHERE {quote('Id')} = 'u2'",
                [value],
            )

    return change


@pytest.mark.parametrize(
    "tamper",
    [
        _raw("PasswordHash", "AAAA"),
        _raw("Email", "other@example.com"),
        _raw("NormalizedUserName", "U2X"),
        _raw("SecurityStamp", "other"),
        _raw("IsSuperuser", True),
        _raw("LockoutEnabled", False),
        lambda: UserClaim.objects.filter(user_id="u2").delete(),
        lambda: UserClaim.objects.create(user_id="u2", claim_type="a", claim_value="b"),
        lambda: UserLogin.objects.filter(user_id="u2").update(provider_display_name="x"),
        lambda: UserRole.objects.create(user_id="u2", role_id="r1"),
        lambda: User.objects.get(pk="u2").delete(),
    ],
)
def test_a_difference_in_the_target_is_found(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch, tamper: Any
) -> None:
    _tamper_afterwards(monkeypatch, tamper)
    report = full.imported()
    assert issues_of(report, "verification_failed") == ["u2"]
    assert report.verification.differing == 1
    assert report.verification.users_equal == 2
    assert report.exit_code == 1


def test_the_command_says_so_and_exits_with_1(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tamper_afterwards(monkeypatch, _raw("PasswordHash", "AAAA"))
    outcome = run_command(full.path)
    assert outcome.exit_code == 1
    assert "DIFFERENCES FOUND" in outcome.out


def test_a_user_lost_without_a_word_is_found(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose() -> None:
        ImportedRecord.objects.filter(kind="user", key="u2").delete()
        User.objects.filter(pk="u2").delete()

    _tamper_afterwards(monkeypatch, lose)
    assert issues_of(full.imported(), "verification_failed") == ["u2"]


def test_rows_that_were_not_accounted_for_are_found(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Counters.add

    def forget_one(self: Counters, table: str, **numbers: int) -> None:
        if table == "user_logins" and numbers.get("created"):
            return
        original(self, table, **numbers)

    monkeypatch.setattr(Counters, "add", forget_one)
    report = full.imported()
    assert report.verification.tables["AspNetUserLogins"] == {
        "source": 3,
        "accounted": 0,
        "ok": False,
    }
    assert report.exit_code == 1


def test_a_change_in_django_between_two_runs_is_no_difference(full: SmallSource) -> None:
    full.imported()
    User.objects.filter(pk="u2").update(phone_number="+43")
    User.objects.get(pk="u3").delete()
    report = full.imported()
    assert report.verification.ok
    assert report.verification.changed_in_django == 2
    assert report.verification.users_equal == 1


@pytest.fixture
def rich(source: SmallSource) -> SmallSource:
    """Users with everything that a database may spell in a way of its own."""
    source.run('ALTER TABLE "AspNetUsers" ADD COLUMN "Nick" TEXT')
    source.user("u1", Email="Zoë\\n@example.com", NormalizedEmail="ZOË\\N@EXAMPLE.COM", Nick="zo")
    source.user("u2", PhoneNumber="1\t2\\t3", LockoutEnd="2030-01-02 03:04:05.1200000+00:00")
    source.user("u3", PhoneNumber="a\r\nb\\", AccessFailedCount=3, LockoutEnabled=0)
    source.user("u4", PasswordHash=None, LockoutEnd="9999-12-31 23:59:59.9999999+00:00")
    source.user("u5", "山田 \u200b\U0001f600", EmailConfirmed=0)
    source.role("r1", "Editors")
    for key in ("u1", "u5"):
        source.member(key, "r1")
        source.claim(key, "note", "tab\there, \\N and\nanother line")
        source.claim(key, "note", "tab\there, \\N and\nanother line")
        source.claim(key, None, None)
        source.login(key, "Google", f"{key}\\")
        source.token(key, "AuthenticatorKey", "JBSWY3DPEHPK3PXP")
    source.insert(
        "AspNetUserPasskeys", CredentialId=b"\\x\x00", UserId="u3", Data=passkey_json("mine")
    )
    return source


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_what_is_equal_is_taken_at_a_glance(
    rich: SmallSource, monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    def one_by_one(*_arguments: Any) -> None:
        raise AssertionError("a range without a difference was compared record by record")

    monkeypatch.setattr(verification, "_compare", one_by_one)
    report = rich.imported(batch_size=batch_size)
    assert report.verification.ok
    assert report.verification.users_equal == 5
    assert rich.imported(batch_size=batch_size).verification.users_equal == 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("PhoneNumber", "1\\t2\\t3"),
        ("PhoneNumber", "1\t2\t3"),
        ("PhoneNumber", ""),
        ("Email", "\\N"),
        ("Email", ""),
        ("AccessFailedCount", 1),
        ("LockoutEnd", "2030-01-02 03:04:05.13+00:00"),
        ("LockoutEnd", None),
        ("IsActive", False),
    ],
)
def test_what_only_looks_alike_differs(
    rich: SmallSource, monkeypatch: pytest.MonkeyPatch, column: str, value: object
) -> None:
    if connection.vendor == "mysql" and isinstance(value, str):
        value = value.removesuffix("+00:00")
    _tamper_afterwards(monkeypatch, _raw(column, value))
    report = rich.imported()
    assert issues_of(report, "verification_failed") == ["u2"]
    assert report.verification.users_equal == 4


def _passkey() -> None:
    row = UserPasskey.objects.get(user_id="u3")
    UserPasskey.objects.filter(user_id="u3").update(data=replace(row.data, sign_count=7777))


@pytest.mark.parametrize(
    ("tamper", "key"),
    [
        (_passkey, "u3"),
        (lambda: UndeclaredColumns.objects.filter(key="u1").update(columns={"Nick": "x"}), "u1"),
        (lambda: UndeclaredColumns.objects.filter(key="u1").delete(), "u1"),
        (lambda: UserClaim.objects.filter(user_id="u5")[0].delete(), "u5"),
        (lambda: UserToken.objects.filter(user_id="u5").update(value="JBSWY3DPEHPK3PXQ"), "u5"),
    ],
)
def test_a_difference_beside_the_columns_is_found(
    rich: SmallSource, monkeypatch: pytest.MonkeyPatch, tamper: Any, key: str
) -> None:
    _tamper_afterwards(monkeypatch, tamper)
    report = rich.imported()
    assert issues_of(report, "verification_failed") == [key]
    assert report.verification.users_equal == 4


def test_others_between_the_imported_are_no_difference(full: SmallSource) -> None:
    User.objects.create_user("someone", id="u1a")
    report = full.imported()
    assert report.verification.ok
    assert report.verification.users_equal == 3


def test_a_memory_that_was_lost_is_found(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = ImportedRecord.objects.filter(kind="user", key="u2")
    _tamper_afterwards(monkeypatch, lambda: forget.delete())
    assert issues_of(full.imported(), "verification_failed") == ["u2"]


@given(
    st.lists(
        st.tuples(
            st.text(),
            st.none() | st.integers() | st.booleans(),
            st.binary(),
            st.uuids(),
            st.dates(),
        )
    )
)
def test_equal_rows_have_equal_digests_whoever_holds_them(rows: list[Any]) -> None:
    children = {"user_claims": [row[:3] for row in rows]}
    again = copy.deepcopy(rows)
    assert source_digest(rows, children) == source_digest(again, copy.deepcopy(children))
    if rows:
        changed = [*rows[:-1], (rows[-1][0] + "x", *rows[-1][1:])]
        assert source_digest(rows, children) != source_digest(changed, children)
        assert source_digest(rows, children) != source_digest(rows, {"user_claims": []})
        assert source_digest(rows[:0], children) != source_digest(rows, children)
