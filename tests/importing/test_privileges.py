"""No import gives anybody rights in Django unless --allow-privileged says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from identity_bridge.models import Role
from tests.importing.small_sources import SmallSource, issues_of, run_command

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture
def roles(source: SmallSource, settings: Any) -> SmallSource:
    settings.IDENTITY_BRIDGE = {"STAFF_ROLES": ("Support",), "SUPERUSER_ROLES": ("administrators",)}
    source.role("r-staff", "Support")
    source.role("r-root", "Administrators")
    source.role("r-plain", "Editors")
    for user, role in (("u1", "r-staff"), ("u2", "r-root"), ("u3", "r-plain")):
        source.user(user)
        source.member(user, role)
    return source


def _rights() -> dict[str, tuple[bool, bool]]:
    return {user.pk: (user.is_staff, user.is_superuser) for user in User.objects.all()}


def test_no_administrator_comes_in_without_allow_privileged(roles: SmallSource) -> None:
    report = roles.imported()
    assert set(_rights().values()) == {(False, False)}
    assert issues_of(report, "privileged_account") == ["u1", "u2"]
    assert report.exit_code == 1
    assert [role.name for role in User.objects.get(pk="u2").roles.all()] == ["Administrators"]


def test_a_dry_run_names_the_privileged_accounts(roles: SmallSource) -> None:
    report = roles.imported(dry_run=True)
    assert issues_of(report, "privileged_account") == ["u1", "u2"]


def test_allow_privileged_makes_staff_and_superusers_of_the_roles_named(roles: SmallSource) -> None:
    outcome = run_command(roles.path, allow_privileged=True)
    assert _rights() == {"u1": (True, False), "u2": (True, True), "u3": (False, False)}
    assert outcome.exit_code == 0


def test_a_later_run_with_allow_privileged_gives_the_rights_and_one_without_keeps_them(
    roles: SmallSource,
) -> None:
    roles.imported()
    roles.imported(allow_privileged=True)
    expected = {"u1": (True, False), "u2": (True, True), "u3": (False, False)}
    assert _rights() == expected
    roles.imported()
    assert _rights() == expected
    roles.remove("AspNetUserRoles", "UserId = ?", "u2")
    roles.imported()
    assert _rights()["u2"] == (False, False)


def test_rights_given_in_django_stay(roles: SmallSource) -> None:
    roles.imported()
    User.objects.filter(pk="u3").update(is_superuser=True)
    roles.change("u3", PhoneNumber="+43")
    roles.imported()
    user = User.objects.get(pk="u3")
    assert (user.is_superuser, user.phone_number) == (True, "+43")


def test_no_name_of_a_role_is_powerful_by_itself(source: SmallSource) -> None:
    source.user("u1")
    for number, name in enumerate(("Administrators", "SuperUser", "root")):
        source.role(f"r{number}", name)
        source.member("u1", f"r{number}")
    source.claim("u1", "role", "Administrators")
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "IsSuperuser" INTEGER DEFAULT 1')
    source.run('ALTER TABLE AspNetUsers ADD COLUMN "IsStaff" INTEGER DEFAULT 1')
    report = source.imported(allow_privileged=True)
    assert _rights() == {"u1": (False, False)}
    assert len(issues_of(report, "privileged_role")) == 3
    assert issues_of(report, "privileged_user_claim")
    assert not User.objects.get(pk="u1").get_all_permissions()


# Roles that carry Django permissions


def _guard(name: str = "Editors", key: str = "mine") -> Role:
    role, _created = Role.objects.get_or_create(name=name, defaults={"id": key})
    role.permissions.add(Permission.objects.get(codename="delete_user"))
    return role


def test_nobody_joins_a_role_with_django_permissions_by_an_import(source: SmallSource) -> None:
    _guard()
    source.user("u1")
    source.role("r1", "EDITORS")
    source.member("u1", "r1")
    report = source.imported()
    assert issues_of(report, "privileged_membership") == ["u1/r1"]
    assert report.counters.tables["user_roles"].skipped == 1
    assert report.verification.ok
    assert not User.objects.get(pk="u1").get_all_permissions()
    assert source.imported(allow_privileged=True).exit_code == 0
    assert User.objects.get(pk="u1").has_perm("identity_bridge.delete_user")


def test_members_stay_when_their_role_is_given_permissions(source: SmallSource) -> None:
    source.user("u1")
    source.user("u2")
    source.role("r1", "Editors")
    source.member("u1", "r1")
    source.imported()
    role = _guard()
    for _run in range(2):
        assert source.imported().verification.ok
        assert [user.pk for user in role.users.all()] == ["u1"]
    source.member("u2", "r1")
    source.imported()
    assert [user.pk for user in role.users.all()] == ["u1"]
    source.remove("AspNetUserRoles", "UserId = ?", "u1")
    source.imported()
    assert not role.users.exists()


def test_an_id_shared_with_a_guarded_role_of_another_name_gives_nothing(
    source: SmallSource,
) -> None:
    _guard("Publishers", key="1")
    source.user("u1")
    source.role("1", "Guests")
    source.member("u1", "1")
    source.imported()
    assert not User.objects.get(pk="u1").get_all_permissions()
    assert [role.name for role in User.objects.get(pk="u1").roles.all()] == ["Guests"]


@pytest.mark.parametrize("trust", ["is_staff", "is_superuser", "permission", "role"])
def test_an_administrator_is_not_overwritten_by_an_account_of_the_same_id(
    source: SmallSource, trust: str
) -> None:
    boss = User.objects.create_user("boss", id="1")
    if trust == "permission":
        boss.user_permissions.add(Permission.objects.first())
    elif trust == "role":
        boss.roles.add(_guard())
    else:
        setattr(boss, trust, True)
        boss.save()
    source.user("1", "mallory")
    report = source.imported(policies={"user_exists": "overwrite"})
    assert issues_of(report, "privileged_account") == ["1"]
    assert User.objects.get(pk="1").username == "boss"
    assert report.verification.ok
    allowed = source.imported(policies={"user_exists": "overwrite"}, allow_privileged=True)
    assert allowed.error is None
    boss = User.objects.get(pk="1")
    assert boss.username == "mallory"
    if trust in {"is_staff", "is_superuser"}:
        assert getattr(boss, trust)
