"""A second import: only what changed at the source, never against what changed in Django."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Model

from identity_bridge.models import ImportedRecord, Role, UserClaim, UserToken
from tests.importing.small_sources import PASSWORD, SmallSource, codes, issues_of

pytestmark = pytest.mark.django_db

User = get_user_model()


def everything() -> dict[str, list[Any]]:
    """Return all rows of the tables that an import writes."""
    from identity_bridge.importing.target import CHILD_MODELS

    tables: list[type[Model]] = [User, Role, ImportedRecord, *CHILD_MODELS.values()]
    return {model._meta.db_table: sorted(map(str, model.objects.values())) for model in tables}


@pytest.fixture
def full(source: SmallSource) -> SmallSource:
    """One user with a row in each side table, and a bystander."""
    source.user("u1", "alice", Email="a@example.com", NormalizedEmail="A@EXAMPLE.COM")
    source.user("u2", "bob")
    source.role("r1", "Editors")
    source.insert("AspNetRoleClaims", RoleId="r1", ClaimType="permission", ClaimValue="write")
    source.member("u1", "r1")
    source.claim("u1", "department", "sales")
    source.login("u1", "Google", "g1")
    source.token("u1", "RecoveryCodes", "AAAAA-BBBBB;CCCCC-DDDDD")
    return source


def test_a_second_run_finds_everything_unchanged_and_writes_nothing(full: SmallSource) -> None:
    assert full.imported().exit_code == 0
    before = everything()
    report = full.imported()
    assert everything() == before
    for count in report.counters.tables.values():
        assert count.unchanged == count.source
    assert report.exit_code == 0


def test_a_change_at_the_source_touches_that_column_alone(full: SmallSource) -> None:
    full.imported()
    before = User.objects.values().get(pk="u1")
    full.change("u1", PhoneNumber="+43 1")
    report = full.imported()
    after = User.objects.values().get(pk="u1")
    differing = {name for name, value in after.items() if value != before[name]}
    assert differing == {"phone_number", "concurrency_stamp"}
    users = report.counters.tables["users"]
    assert (users.updated, users.unchanged) == (1, 1)
    assert report.verification.ok


def test_rows_added_and_removed_at_the_source_follow(full: SmallSource) -> None:
    full.imported()
    full.claim("u1", "department", "support")
    full.login("u2", "Google", "g2")
    full.remove("AspNetUserClaims", "ClaimValue = ?", "sales")
    full.remove("AspNetUserLogins", "ProviderKey = ?", "g1")
    full.remove("AspNetUserRoles", "UserId = ?", "u1")
    report = full.imported()
    alice = User.objects.get(pk="u1")
    assert [claim.claim_value for claim in alice.claims.all()] == ["support"]
    assert not alice.logins.exists()
    assert not alice.roles.exists()
    assert User.objects.find_by_login("Google", "g2").pk == "u2"
    assert report.counters.tables["user_claims"].removed == 1
    assert report.exit_code == 0


def test_the_claims_of_a_role_follow_the_source(full: SmallSource) -> None:
    full.imported()
    full.run("UPDATE AspNetRoleClaims SET ClaimValue = 'publish'")
    full.imported()
    (claim,) = Role.objects.get(pk="r1").claims.all()
    assert claim.claim_value == "publish"


def test_a_role_renamed_at_the_source_is_renamed(full: SmallSource) -> None:
    full.imported()
    full.run("UPDATE AspNetRoles SET Name = 'Writers', NormalizedName = 'WRITERS'")
    full.imported()
    assert [role.name for role in User.objects.get(pk="u1").roles.all()] == ["Writers"]


def test_a_password_upgraded_on_login_stays(full: SmallSource) -> None:
    full.imported()
    assert User.objects.get(pk="u1").check_password(PASSWORD)
    upgraded = User.objects.get(pk="u1").password
    assert upgraded.startswith("argon2")
    full.change("u1", PhoneNumber="+43 1")
    report = full.imported()
    user = User.objects.get(pk="u1")
    assert (user.password, user.phone_number) == (upgraded, "+43 1")
    assert report.exit_code == 0


@pytest.mark.parametrize("policy", ["skip", "overwrite", "fail"])
def test_a_column_changed_on_both_sides(full: SmallSource, policy: str) -> None:
    full.imported()
    User.objects.filter(pk="u1").update(phone_number="Django's")
    full.change("u1", PhoneNumber="the source's", Email="new@example.com")
    report = full.imported(policies={"changed_on_both_sides": policy})
    user = User.objects.get(pk="u1")
    if policy == "overwrite":
        assert (user.phone_number, user.email) == ("the source's", "new@example.com")
        assert report.exit_code == 0
        return
    assert user.phone_number == "Django's"
    if policy == "fail":
        assert report.error["code"] == "conflict"
        return
    assert user.email == "new@example.com"
    assert issues_of(report, "changed_on_both_sides") == ["u1"]
    assert "the source's" not in str(report.as_dict())
    assert report.exit_code == 1


def test_what_django_added_stays(full: SmallSource) -> None:
    full.imported()
    UserClaim.objects.create(user_id="u1", claim_type="nickname", claim_value="Al")
    Role.objects.create(id="new", name="Django's")
    User.objects.get(pk="u1").roles.add("new")
    full.change("u1", PhoneNumber="+43 1")
    full.imported()
    alice = User.objects.get(pk="u1")
    assert alice.claims.filter(claim_type="nickname").exists()
    assert {role.name for role in alice.roles.all()} == {"Editors", "Django's"}


def test_a_claim_removed_in_django_stays_removed(full: SmallSource) -> None:
    full.imported()
    UserClaim.objects.filter(user_id="u1").delete()
    full.change("u1", PhoneNumber="+43 1")
    full.imported()
    assert not UserClaim.objects.filter(user_id="u1").exists()


def test_a_redeemed_recovery_code_is_not_revived(full: SmallSource) -> None:
    full.imported()
    UserToken.objects.filter(name="RecoveryCodes").update(value="CCCCC-DDDDD")
    full.change("u1", PhoneNumber="+43 1")
    full.imported()
    assert UserToken.objects.get(name="RecoveryCodes").value == "CCCCC-DDDDD"
    full.run("UPDATE AspNetUserTokens SET Value = 'AAAAA-BBBBB'")
    report = full.imported()
    assert issues_of(report, "changed_on_both_sides") == ["u1"]
    assert UserToken.objects.get(name="RecoveryCodes").value == "CCCCC-DDDDD"


def test_a_user_deleted_in_django_stays_deleted(full: SmallSource) -> None:
    full.imported()
    User.objects.get(pk="u1").delete()
    full.change("u1", PhoneNumber="+43 1")
    for expected in ({"deleted_in_django"}, set()):
        report = full.imported()
        assert codes(report) <= expected | {"deleted_in_django"}
        assert not User.objects.filter(pk="u1").exists()
        assert report.exit_code == 0


def test_a_role_deleted_in_django_stays_deleted(full: SmallSource) -> None:
    full.imported()
    Role.objects.get(pk="r1").delete()
    full.imported()
    full.run("UPDATE AspNetRoleClaims SET ClaimValue = 'publish'")
    assert full.imported().error is None
    assert not Role.objects.exists()


def test_a_user_deleted_at_the_source_is_reported_and_stays(full: SmallSource) -> None:
    full.imported()
    full.remove("AspNetUsers", "Id = ?", "u2")
    report = full.imported()
    assert issues_of(report, "deleted_at_source") == ["u2"]
    assert User.objects.filter(pk="u2").exists()
    User.objects.get(pk="u2").delete()
    assert full.imported().exit_code == 0


def test_a_deletion_is_seen_beside_a_user_who_never_came_in(full: SmallSource) -> None:
    User.objects.create_user("mine", id="u3")
    full.user("u3")
    full.imported()
    full.remove("AspNetUsers", "Id = ?", "u2")
    assert issues_of(full.imported(), "deleted_at_source") == ["u2"]


def test_users_may_exchange_a_name_that_another_gave_up(full: SmallSource) -> None:
    full.imported()
    full.change("u1", UserName="bob", NormalizedUserName="BOB")
    full.change("u2", UserName="carol", NormalizedUserName="CAROL")
    report = full.imported()
    assert report.exit_code == 0, report.issues
    assert User.objects.find_by_name("bob").pk == "u1"
    assert User.objects.find_by_name("carol").pk == "u2"


def test_a_user_renamed_to_a_taken_name_keeps_the_old_one(full: SmallSource) -> None:
    full.imported()
    User.objects.create_user("carol")
    full.change("u1", UserName="carol", NormalizedUserName="CAROL")
    report = full.imported()
    assert issues_of(report, "username_taken") == ["u1"]
    assert User.objects.get(pk="u1").username == "alice"


def test_a_user_changed_while_the_import_writes_is_tried_again(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from identity_bridge.importing.updating import Updater

    full.imported()
    full.change("u1", PhoneNumber="+43 1")
    original, calls = Updater._write, []

    def write(self: Updater, user: Any, present: Any, merge: Any) -> bool:
        if not calls:
            User.objects.filter(pk="u1").update(access_failed_count=3)
        calls.append(user.key)
        return original(self, user, present, merge)

    monkeypatch.setattr(Updater, "_write", write)
    report = full.imported()
    user = User.objects.get(pk="u1")
    assert calls == ["u1", "u1"]
    assert (user.phone_number, user.access_failed_count) == ("+43 1", 3)
    assert report.exit_code == 0


@pytest.mark.parametrize("policy", ["skip", "fail"])
def test_a_user_who_keeps_changing_is_reported(
    full: SmallSource, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    from identity_bridge.importing.updating import Updater

    full.imported()
    full.change("u1", PhoneNumber="+43 1")
    monkeypatch.setattr(Updater, "_write", lambda *args: False)
    report = full.imported(policies={"concurrent_change": policy})
    if policy == "fail":
        assert report.error["code"] == "conflict"
        return
    assert issues_of(report, "concurrent_change") == ["u1"]
    monkeypatch.undo()
    assert full.imported().exit_code == 0
    assert User.objects.get(pk="u1").phone_number == "+43 1"
