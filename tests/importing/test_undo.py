"""--undo RUN: what a run created and nobody has touched since."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from identity_bridge.models import ImportedRecord, ImportRun, Role, UndeclaredColumns, UserClaim
from tests.importing.small_sources import SmallSource, run_command

pytestmark = pytest.mark.django_db(transaction=True)

User = get_user_model()


@pytest.fixture
def run(source: SmallSource) -> int:
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "Colour" TEXT')
    for number in range(6):
        source.user(f"u{number}", Colour="red")
        source.claim(f"u{number}", "department", "sales")
    source.role("r1", "Editors")
    source.insert("AspNetRoleClaims", RoleId="r1", ClaimType="permission", ClaimValue="write")
    source.member("u0", "r1")
    report = source.imported()
    assert report.exit_code == 0
    assert report.run is not None
    return report.run


def test_an_untouched_run_is_removed_whole(run: int, source: SmallSource) -> None:
    outcome = run_command(undo=run)
    assert outcome.exit_code == 0
    assert "6 users and 1 roles removed, 0 kept" in outcome.out
    for model in (User, Role, UserClaim, ImportedRecord, UndeclaredColumns):
        assert not model.objects.exists()
    assert ImportRun.objects.get(pk=run).outcome == "undone"
    assert source.imported().exit_code == 0
    assert User.objects.count() == 6


def test_users_who_were_there_before_stay(source: SmallSource) -> None:
    User.objects.create_user("mine", id="u0")
    source.user("u0")
    source.user("u1")
    run_command(undo=source.imported().run)
    assert [user.pk for user in User.objects.all()] == ["u0"]


def test_whoever_was_touched_stays_and_is_named(run: int) -> None:
    User.objects.filter(pk="u0").update(last_login=timezone.now())
    User.objects.filter(pk="u1").update(phone_number="+43")
    UserClaim.objects.create(user_id="u2", claim_type="nickname", claim_value="x")
    staff = User.objects.get(pk="u3")
    LogEntry.objects.create(user_id=staff.pk, action_flag=ADDITION, object_repr="x")
    User.objects.get(pk="u4").user_permissions.add(Permission.objects.first())
    outcome = run_command(undo=run, format="json")
    assert outcome.exit_code == 1
    assert outcome.data["users_removed"] == 1
    kept = {one["key"] for one in outcome.data["issues"]}
    assert kept == {"u0", "u1", "u2", "u3", "u4", "r1"}
    assert {user.pk for user in User.objects.all()} == {"u0", "u1", "u2", "u3", "u4"}
    assert LogEntry.objects.count() == 1
    assert ImportRun.objects.get(pk=run).outcome != "undone"
    # Once they are free, the rest goes.
    LogEntry.objects.all().delete()
    assert run_command(undo=run, format="json").data["users_removed"] == 1


def test_a_role_that_was_changed_stays_and_is_named(run: int) -> None:
    Role.objects.get(pk="r1").claims.create(claim_type="permission", claim_value="publish")
    outcome = run_command(undo=run)
    assert outcome.exit_code == 1
    assert "AspNetRoles r1: It was changed since the import; it stays." in outcome.out
    assert Role.objects.get().claims.count() == 2


def test_a_run_that_updated_users_of_another_removes_none_of_them(
    run: int, source: SmallSource
) -> None:
    source.change("u1", PhoneNumber="+43")
    source.user("u9")
    second = source.imported().run
    assert run_command(undo=second, format="json").data["users_removed"] == 1
    assert User.objects.count() == 6


def test_a_run_that_does_not_exist_is_an_error(db: None) -> None:
    outcome = run_command(undo=4711)
    assert outcome.exit_code == 2
    assert "run_not_found: There is no import run 4711" in outcome.err


def test_undo_takes_no_source(source: SmallSource) -> None:
    outcome = run_command(source.path, undo=1)
    assert (outcome.exit_code, "takes no SOURCE" in outcome.err) == (2, True)
