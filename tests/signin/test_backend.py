from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import RequestFactory

from identity_bridge.models import Role, UserRole
from identity_bridge.signin.backend import IdentityBackend

from .conftest import KEY, PASSWORD


@pytest.fixture
def permission(db: None) -> Permission:
    return Permission.objects.get(codename="change_role")


def test_the_right_password_answers_the_user(make_user: Any) -> None:
    user = make_user()
    assert authenticate(RequestFactory().get("/"), username="ADA", password=PASSWORD) == user
    assert authenticate(None, username="ada", password="wrong") is None
    assert authenticate(None, username="ada") is None


def test_it_works_without_a_request_and_by_the_name_of_the_field(make_user: Any) -> None:
    user = make_user()
    backend = IdentityBackend()
    assert backend.authenticate(None, **{"username": "ada", "password": PASSWORD}) == user
    assert backend.authenticate(None, password=PASSWORD) is None


def test_the_async_twin_answers_the_same(make_user: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the test's transaction belongs to one thread")
    user = make_user()
    assert async_to_sync(aauthenticate)(None, username="ada", password=PASSWORD) == user


def test_a_second_factor_owed_is_permission_denied(make_user: Any) -> None:
    make_user(key=KEY)
    with pytest.raises(PermissionDenied):
        IdentityBackend().authenticate(None, username="ada", password=PASSWORD)


def test_permissions_of_roles_count_like_those_of_groups(
    make_user: Any, permission: Permission
) -> None:
    user = make_user()
    role = Role.objects.create(name="Editors")
    role.permissions.add(permission)
    UserRole.objects.create(user=user, role=role)
    group = Group.objects.create(name="writers")
    group.permissions.add(permission, Permission.objects.get(codename="view_role"))
    user.groups.add(group)
    assert user.get_group_permissions() == {
        "identity_bridge.change_role",
        "identity_bridge.view_role",
    }
    assert user.has_perm("identity_bridge.change_role")
    assert not user.has_perm("identity_bridge.delete_role")


def test_an_inactive_user_has_no_permissions(make_user: Any, permission: Permission) -> None:
    user = make_user(is_active=False)
    role = Role.objects.create(name="Editors")
    role.permissions.add(permission)
    UserRole.objects.create(user=user, role=role)
    assert user.get_all_permissions() == set()
    assert not user.has_perm("identity_bridge.change_role")
    assert IdentityBackend().get_user(user.pk) is None


@pytest.mark.parametrize("as_text", [True, False])
def test_with_perm_finds_members_of_roles(
    make_user: Any, permission: Permission, as_text: bool
) -> None:
    by_role, by_group = make_user("role"), make_user("group")
    make_user("nobody")
    inactive = make_user("inactive", is_active=False)
    role = Role.objects.create(name="Editors")
    role.permissions.add(permission)
    UserRole.objects.create(user=by_role, role=role)
    UserRole.objects.create(user=inactive, role=role)
    group = Group.objects.create(name="writers")
    group.permissions.add(permission)
    by_group.groups.add(group)
    perm = "identity_bridge.change_role" if as_text else permission
    found = get_user_model().objects.filter(pk__in=IdentityBackend().with_perm(perm).values("pk"))
    assert set(found) == {by_role, by_group}
