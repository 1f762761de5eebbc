"""One small source for each issue code: the code comes up, at the record it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from identity_bridge.importing.issues import SEVERITIES
from identity_bridge.models import Role
from tests.fixtures_data import fixture_path
from tests.importing.passkeys import passkey_json
from tests.importing.small_sources import SmallSource, codes, import_from

pytestmark = pytest.mark.django_db

User = get_user_model()

Build = Callable[[SmallSource], None]


def _user(**columns: Any) -> Build:
    return lambda source: source.user("u1", **columns)


def _twice(first: tuple[str, str], second: tuple[str, str], **columns: Any) -> Build:
    def build(source: SmallSource) -> None:
        source.user(*first)
        source.user(*second, **columns)

    return build


def _row(table: str, **columns: Any) -> Build:
    def build(source: SmallSource) -> None:
        source.user("u1")
        source.role("r1", "Editors")
        source.insert(table, **columns)

    return build


def _role(name: str | None, *members: str) -> Build:
    def build(source: SmallSource) -> None:
        source.user("u1")
        source.role("r2", name)
        for member in members:
            source.member(member, "r2")

    return build


def _token(name: str, value: str) -> Build:
    return _row(
        "AspNetUserTokens", UserId="u1", LoginProvider="[AspNetUserStore]", Name=name, Value=value
    )


def _custom(column: str, value: Any) -> Build:
    def build(source: SmallSource) -> None:
        source.run(f'ALTER TABLE AspNetUsers ADD COLUMN "{column}"')
        source.user("u1", **{column: value})

    return build


def _orphan(table: str, **columns: Any) -> Build:
    return _row(table, **columns)


_ABSENT = {"UserId": "absent"}

FROM_ROWS: dict[str, Build] = {
    "empty_id": lambda source: source.user("", "nobody"),
    "null_id": lambda source: source.insert("AspNetUsers", UserName="x"),
    "ids_differ_by_trailing_space": _twice(("u", "a"), ("u ", "b")),
    "empty_user_name": _user(UserName=" "),
    "user_name_null": _user(UserName=None),
    "normalized_mismatch": _user(NormalizedUserName="something else"),
    "duplicate_normalized_user_name": _twice(
        ("u1", "alice"), ("u2", "Alice"), NormalizedUserName=None
    ),
    "unicode_form_duplicates": _twice(
        ("u1", "jos\u00e9"), ("u2", "jose\u0301"), NormalizedUserName="JOSE\u0301"
    ),
    "name_not_normalizable": _user(UserName="a\ufffeb"),
    "boolean_as_text": _user(EmailConfirmed="true"),
    "boolean_unreadable": _user(EmailConfirmed="perhaps"),
    "integer_as_text": _user(AccessFailedCount="many"),
    "text_of_other_type": _user(PhoneNumber=b"+43"),
    "lockout_end_unreadable": _user(LockoutEnd="soon"),
    "lockout_end_without_offset": _user(LockoutEnd="2030-01-01 00:00:00"),
    "lockout_end_iso_format": _user(LockoutEnd="2030-01-01T00:00:00Z"),
    "lockout_end_other_offset": _user(LockoutEnd="2030-01-01 00:00:00+02:00"),
    "null_security_stamp": _user(SecurityStamp=None),
    "value_too_long": _user(Email="x" * 257),
    "disabled_by_custom_column": _custom("IsActive", 0),
    "undeclared_columns": _custom("ShoeSize", 45),
    "hash_empty": _user(PasswordHash=""),
    "hash_not_base64": _user(PasswordHash="no hash!"),
    "hash_unknown_format": _user(PasswordHash="CQAA"),
    "hash_invalid": _user(PasswordHash="AAAA"),
    "hash_iterations_over_cap": _user(
        PasswordHash="AQAAAAJ/////AAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
    ),
    "totp_key_invalid": _token("AuthenticatorKey", "not base32!"),
    "recovery_codes_malformed": _token("RecoveryCodes", "AAAAA-BBBBB;;"),
    "passkey_unreadable": _row(
        "AspNetUserPasskeys", CredentialId=b"1", UserId="u1", Data="{broken"
    ),
    "claim_null": _row("AspNetUserClaims", UserId="u1", ClaimType="a", ClaimValue=None),
    "privileged_user_claim": _row(
        "AspNetUserClaims", UserId="u1", ClaimType="role", ClaimValue="Administrators"
    ),
    "privileged_role": _role("Administrators"),
    "role_without_name": _role(" "),
    "membership_of_nameless_role": _role(None, "u1"),
    "duplicate_normalized_role_name": _row(
        "AspNetRoles", Id="r2", Name="EDITORS", NormalizedName="X"
    ),
    "orphan_user_role": _orphan("AspNetUserRoles", **_ABSENT, RoleId="r1"),
    "orphan_user_claim": _orphan("AspNetUserClaims", **_ABSENT, ClaimType="a", ClaimValue="b"),
    "orphan_user_login": _orphan(
        "AspNetUserLogins", **_ABSENT, LoginProvider="Google", ProviderKey="g"
    ),
    "orphan_user_token": _orphan("AspNetUserTokens", **_ABSENT, LoginProvider="x", Name="y"),
    "orphan_user_passkey": _orphan(
        "AspNetUserPasskeys", **_ABSENT, CredentialId=b"1", Data=passkey_json("x")
    ),
    "orphan_role_claim": _orphan(
        "AspNetRoleClaims", RoleId="absent", ClaimType="a", ClaimValue="b"
    ),
    "duplicate_row": _role("Editors", "u1", "u1"),
    "record_failed": lambda source: source.user("k" * 600, "long key"),
}

OF_FIXTURES = {
    "hash_with_spaces": "sqlite_v3_string",
    "password_in_clear": "membership_sha1",
    "password_encrypted_with_machine_key": "membership_sha1",
    "not_approved": "membership_sha1",
    "locked_out": "membership_sha1",
    "anonymous": "membership_sha1",
    "no_membership_row": "membership_sha1",
    "not_confirmed": "simple_membership",
}

ELSEWHERE = {
    "user_exists": "test_conflicts",
    "username_taken": "test_conflicts",
    "email_taken": "test_conflicts",
    "login_taken": "test_conflicts",
    "credential_taken": "test_conflicts",
    "role_exists": "test_conflicts",
    "changed_on_both_sides": "test_incremental",
    "concurrent_change": "test_incremental",
    "deleted_in_django": "test_incremental",
    "deleted_at_source": "test_incremental",
    "privileged_account": "test_privileges",
    "privileged_membership": "test_privileges",
    "touched_since_import": "test_issue_codes",
    "changed_during_run": "test_issue_codes",
    "verification_failed": "test_verification",
    "source_warning": "test_issue_codes",
    "value_not_convertible": "test_issue_codes",
    "hash_of_django": "test_issue_codes",
    "inactive": "test_issue_codes",
    "deleted": "test_issue_codes",
}


@pytest.mark.parametrize("code", sorted(FROM_ROWS))
def test_a_row_that_is_odd_in_one_way_gives_its_code(code: str, source: SmallSource) -> None:
    FROM_ROWS[code](source)
    report = source.imported()
    if code == "record_failed" and report.exit_code == 0:
        pytest.skip("SQLite holds keys of any length")
    assert code in codes(report)
    assert report.error is None
    assert report.verification is not None
    assert report.verification.ok, report.verification.as_dict()


@pytest.mark.parametrize("code", sorted(OF_FIXTURES))
def test_an_old_generation_gives_its_code(code: str) -> None:
    report = import_from(fixture_path(f"databases/{OF_FIXTURES[code]}/app.db"), dry_run=True)
    assert code in codes(report)


def test_each_code_has_a_test() -> None:
    assert {*FROM_ROWS, *OF_FIXTURES, *ELSEWHERE} == set(SEVERITIES)
    for code, module in ELSEWHERE.items():
        text = (Path(__file__).parent / f"{module}.py").read_text()
        assert text.count(f'"{code}"') > (module == "test_issue_codes"), code


def test_accounts_of_abp_come_in_as_active_as_they_were(source: SmallSource) -> None:
    for table in ("AspNetUsers", "AspNetRoles", "AspNetUserRoles", "AspNetUserClaims"):
        source.run(f"ALTER TABLE {table} RENAME TO {table.replace('AspNet', 'Abp')}")
    for table in ("RoleClaims", "UserLogins", "UserTokens", "UserPasskeys"):
        source.run(f"DROP TABLE AspNet{table}")
    for column, default in (("TenantId", "NULL"), ("IsActive", 1), ("IsDeleted", 0)):
        source.run(f'ALTER TABLE AbpUsers ADD COLUMN "{column}" DEFAULT {default}')
    for key, active, deleted in (("u1", 1, 0), ("u2", 0, 0), ("u3", 1, 1)):
        source.insert(
            "AbpUsers", Id=key, UserName=key, SecurityStamp="x", IsActive=active, IsDeleted=deleted
        )
    report = source.imported()
    assert report.generation == "abp"
    assert {"inactive", "deleted"} <= codes(report)
    active_users = {user.pk: user.is_active for user in User.objects.all()}
    assert active_users == {"u1": True, "u2": False, "u3": False}


def test_what_the_layout_warns_of_is_an_issue(source: SmallSource) -> None:
    from identity_bridge.importing.run import ImportOptions, run_import
    from identity_bridge.importing.sources import open_source
    from tests.importing.small_sources import Silent

    with open_source(str(source.path)) as opened:
        opened.layout = replace(opened.layout, warnings=("Two tables of users.",))
        report = run_import(opened, ImportOptions(), Silent())
    assert codes(report) == {"source_warning"}


def test_a_change_at_the_source_during_the_run_is_told(
    source: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from identity_bridge.importing import run

    source.user("u1")
    original = run.verify

    def verify(reader: Any, *args: Any, **kwargs: Any) -> Any:
        (read,) = reader.ranges()
        row = list(read.users[0])
        row[3] = "new@example.com"
        reader.ranges_ahead = lambda: iter([replace(read, users=[tuple(row)])])
        return original(reader, *args, **kwargs)

    monkeypatch.setattr(run, "verify", verify)
    assert codes(source.imported()) == {"changed_during_run"}


def test_a_hash_of_django_verifies_and_is_named(source: SmallSource) -> None:
    encoded = make_password("Fjord-Birch9026!", hasher="md5")
    source.user("u1", PasswordHash=encoded)
    assert codes(source.imported()) == {"hash_of_django"}
    assert get_user_model().objects.get(pk="u1").check_password("Fjord-Birch9026!")


def test_what_was_touched_since_is_named_by_undo(source: SmallSource) -> None:
    from identity_bridge.importing.undo import undo_run

    source.role("r1", "Editors")
    run = source.imported().run
    assert run is not None
    Role.objects.get().save()
    Role.objects.get().claims.create(claim_type="a", claim_value="b")
    report = undo_run(run, using="default", progress=lambda number: None)
    assert [one.code for one in report.issues] == ["touched_since_import"]


def test_a_custom_value_that_does_not_fit_its_field_is_kept_aside() -> None:
    from identity_bridge.importing.plan import CustomField
    from identity_bridge.importing.plan_columns import custom_value

    noted: list[str] = []
    field = CustomField(column="Age", convert=int, default=0)
    columns = {"Age": "old"}
    value = custom_value(field, columns, lambda code, message: noted.append(code))
    assert (value, columns, noted) == (0, {"Age": "old"}, ["value_not_convertible"])
