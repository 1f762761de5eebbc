"""The second look finds what an import got wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from identity_bridge.importing.apply import Applier
from identity_bridge.importing.counters import Counters
from identity_bridge.models import ImportedRecord, UserClaim, UserLogin, UserRole
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
