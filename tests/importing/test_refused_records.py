"""A record that the database refuses fails alone and is named; odd values never end a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from identity_bridge.models import ImportIssue, Role
from tests.importing.small_sources import SmallSource, codes, import_from, issues_of

pytestmark = pytest.mark.django_db

User = get_user_model()


def _neighbours(source: SmallSource, number: int = 12) -> set[str]:
    keys = {f"n{at:02}" for at in range(number)}
    for key in sorted(keys):
        source.user(key)
    return keys


def test_a_name_too_long_fails_alone(source: SmallSource) -> None:
    neighbours = _neighbours(source)
    source.user("long", "x" * 257)
    source.claim("long", "a", "b")
    report = source.imported()
    assert issues_of(report, "value_too_long") == ["long"]
    assert set(User.objects.values_list("pk", flat=True)) == neighbours
    assert (report.exit_code, report.verification.ok) == (1, True)


@pytest.mark.parametrize("column", ["UserName", "SecurityStamp", "PhoneNumber", "PasswordHash"])
def test_a_nul_character_fails_alone(source: SmallSource, column: str) -> None:
    neighbours = _neighbours(source)
    source.user("nul", **{column: "a\0b"} if column != "UserName" else {}, name="a\0b")
    report = source.imported()
    assert neighbours <= set(User.objects.values_list("pk", flat=True))
    if connection.vendor == "postgresql":
        assert issues_of(report, "record_failed") == ["nul"]
        assert not User.objects.filter(pk="nul").exists()
    assert report.error is None
    assert report.verification.ok


def test_a_nul_character_in_a_key_fails_alone_in_every_run(source: SmallSource) -> None:
    neighbours = _neighbours(source)
    source.user("a\0b", "nul")
    for _run in range(2):
        report = source.imported()
        assert report.error is None
        assert neighbours <= set(User.objects.values_list("pk", flat=True))
        if connection.vendor == "postgresql":
            assert issues_of(report, "record_failed") == ["a\ufffdb"]
            assert ImportIssue.objects.filter(code="record_failed").exists()


def test_a_refused_change_fails_alone(source: SmallSource) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite and MariaDB take a NUL")
    source.user("u1")
    source.user("u2")
    source.imported()
    source.change("u1", PhoneNumber="a\0b")
    source.change("u2", PhoneNumber="+43")
    report = source.imported()
    assert issues_of(report, "record_failed") == ["u1"]
    assert User.objects.get(pk="u2").phone_number == "+43"
    assert report.verification.ok
    assert report.counters.tables["users"].failed == 1


def test_a_refused_role_fails_alone(source: SmallSource) -> None:
    source.user("u1")
    source.role("long", "x" * 300)
    source.role("r1", "Editors")
    source.member("u1", "long")
    source.member("u1", "r1")
    report = source.imported()
    assert report.error is None
    assert [role.pk for role in User.objects.get(pk="u1").roles.filter(pk="r1")] == ["r1"]
    if connection.vendor != "sqlite":
        assert issues_of(report, "record_failed") == ["long"]
        assert not Role.objects.filter(pk="long").exists()
        assert issues_of(report, "orphan_user_role") == ["u1/long"]
    assert report.verification.ok


def test_half_a_surrogate_pair_in_a_json_file_fails_alone_or_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    rows: list[dict[str, Any]] = [
        {"Id": "u1", "UserName": "good", "NormalizedUserName": "GOOD"},
        {"Id": "u2", "UserName": "bad\ud800", "NormalizedUserName": "BAD"},
    ]
    for row in rows:
        row |= {"PasswordHash": None, "SecurityStamp": "x", "AccessFailedCount": 0}
    file = folder / "AspNetUsers.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = import_from(folder)
    assert report.error is None
    assert User.objects.filter(pk="u1").exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("UserName", b"\xff\xfe\x00bytes"),
        ("Email", b"\x80"),
        ("PasswordHash", b"\x01\x00\x00"),
        ("SecurityStamp", b"stamp"),
        ("LockoutEnd", 12345.678),
        ("LockoutEnd", b"\x00"),
        ("AccessFailedCount", 2**40),
        ("AccessFailedCount", "many"),
        ("EmailConfirmed", "perhaps"),
        ("TwoFactorEnabled", 3.5),
        ("PhoneNumber", b"\xc3"),
    ],
)
def test_a_value_of_a_wrong_type_never_ends_the_run(
    source: SmallSource, column: str, value: Any
) -> None:
    neighbours = _neighbours(source, 4)
    source.user("odd", **{column: value})
    report = source.imported()
    assert report.error is None
    keys = set(User.objects.values_list("pk", flat=True))
    assert neighbours <= keys
    assert "odd" in keys or issues_of(report, "record_failed") == ["odd"]
    assert report.verification.ok, report.verification.as_dict()


def test_rows_that_break_their_own_keys_are_reported(source: SmallSource) -> None:
    source.insert("AspNetUsers", Id=None, UserName="nobody")
    source.user("u1")
    source.role("r1", "Editors")
    for _twice in range(2):
        source.member("u1", "r1")
    source.claim("absent", "a", "b")
    source.claim(None, "a", "b")
    report = source.imported()
    assert report.error is None
    assert {"null_id", "duplicate_row", "orphan_user_claim"} <= codes(report)
    assert report.verification.ok
    for count in report.counters.tables.values():
        assert count.accounted == count.source


def test_one_login_of_two_users_at_the_source_goes_to_the_first(source: SmallSource) -> None:
    for key in ("u1", "u2"):
        source.user(key)
        source.login(key, "Google", "g1")
    report = source.imported()
    assert issues_of(report, "login_taken") == ["Google/g1"]
    assert User.objects.find_by_login("Google", "g1").pk == "u1"
    assert report.verification.ok
