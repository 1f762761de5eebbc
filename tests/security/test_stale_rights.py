"""Rights that were taken away while somebody held an older copy of the row."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.models import User

RIGHTS = ["is_superuser", "is_staff", "is_active"]


@pytest.fixture
def root(db: Any) -> User:
    return User.objects.create_superuser("root", "root@example.test", "Root-Pass1!")


@pytest.mark.parametrize("right", RIGHTS)
def test_a_stale_save_of_something_else_does_not_bring_a_right_back(root: User, right: str) -> None:
    stale = User.objects.get(pk=root.pk)
    User.objects.filter(pk=root.pk).update(**{right: False})
    stale.set_password("Another-Pass1!")
    stale.save()
    assert not getattr(User.objects.get(pk=root.pk), right)


@pytest.mark.parametrize("right", RIGHTS)
def test_nor_does_one_that_has_not_read_every_column(root: User, right: str) -> None:
    stale = User.objects.defer("phone_number").get(pk=root.pk)
    User.objects.filter(pk=root.pk).update(**{right: False})
    stale.set_password("Another-Pass1!")
    stale.save()
    assert not getattr(User.objects.get(pk=root.pk), right)


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_that_was_changed_is_saved(root: User, right: str) -> None:
    for value in (False, True):
        user = User.objects.get(pk=root.pk)
        setattr(user, right, value)
        user.save()
        assert getattr(User.objects.get(pk=root.pk), right) is value


def test_a_right_that_is_named_is_saved_even_if_it_did_not_change(root: User) -> None:
    stale = User.objects.get(pk=root.pk)
    User.objects.filter(pk=root.pk).update(is_active=False)
    stale.save(update_fields=["is_active", "email"])
    assert User.objects.get(pk=root.pk).is_active
