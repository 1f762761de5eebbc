"""The normalised columns follow their names, and keep what an imported row had."""

from __future__ import annotations

import pytest

from identity_bridge.models import Role, User


def row(user: User) -> tuple[str | None, str | None, str | None, str | None]:
    return User.objects.values_list(
        "username", "normalized_username", "email", "normalized_email"
    ).get(pk=user.pk)


def odd_user() -> User:
    """A row as it came: normalised by another rule than .NET's."""
    user = User.objects.create_user("straße", "k@example.com", "Right-1!")
    User.objects.filter(pk=user.pk).update(normalized_username="STRASSE", normalized_email=None)
    return User.objects.get(pk=user.pk)


def test_they_are_computed_when_a_user_is_created(ada: User) -> None:
    assert row(ada) == ("Ada", "ADA", "Ada@Example.com", "ADA@EXAMPLE.COM")


def test_they_follow_a_change(ada: User) -> None:
    ada.username, ada.email = "ß", None
    ada.save()
    assert row(ada) == ("ß", "ß", None, None)


def test_they_follow_a_change_with_update_fields(ada: User) -> None:
    ada.username, ada.email = "Bob", "bob@example.com"
    ada.save(update_fields=["username"])
    assert row(ada) == ("Bob", "BOB", "Ada@Example.com", "ADA@EXAMPLE.COM")
    ada.save()
    assert row(ada) == ("Bob", "BOB", "bob@example.com", "BOB@EXAMPLE.COM")


def test_a_name_changed_before_a_deferred_read_is_noticed(ada: User) -> None:
    partial = User.objects.only("username", "concurrency_stamp").get(pk=ada.pk)
    partial.username = "Bob"
    assert partial.phone_number is None  # read now
    partial.refresh_from_db(fields=["email"])
    partial.save()
    assert row(ada)[:2] == ("Bob", "BOB")


@pytest.mark.django_db
def test_an_odd_row_keeps_what_it_had() -> None:
    user = odd_user()
    user.phone_number = "1"
    user.save()
    assert row(user) == ("straße", "STRASSE", "k@example.com", None)
    partial = User.objects.only("phone_number").get(pk=user.pk)
    partial.phone_number = "2"
    partial.save()
    assert row(user) == ("straße", "STRASSE", "k@example.com", None)
    user.refresh_from_db()
    user.email = "l@example.com"
    user.save()
    assert row(user) == ("straße", "STRASSE", "l@example.com", "L@EXAMPLE.COM")


@pytest.mark.django_db
def test_an_odd_row_is_found_by_the_name_its_owner_knows() -> None:
    user = odd_user()
    assert User.objects.find_by_name("straße") == user
    assert User.objects.find_by_name("strasse") == user


def test_an_odd_role_keeps_what_it_had(editors: Role) -> None:
    Role.objects.filter(pk=editors.pk).update(normalized_name="editors")
    role = Role.objects.get(pk=editors.pk)
    role.save()
    assert Role.objects.get(pk=editors.pk).normalized_name == "editors"
    partial = Role.objects.only("concurrency_stamp").get(pk=editors.pk)
    partial.save()
    assert Role.objects.get(pk=editors.pk).normalized_name == "editors"
