"""A conflict is met again by every run until it is settled, and Django's changes stay Django's."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from identity_bridge.aspnet.password_hash import hash_password
from identity_bridge.importing.undo import undo_run
from identity_bridge.models import UserLogin

from .small_sources import SmallSource, issues_of

pytestmark = pytest.mark.django_db(transaction=True)

User = get_user_model()

PASSWORD = "Fjord-Birch9026!"
OVERWRITE = {"policies": {"changed_on_both_sides": "overwrite"}}


def ada() -> User:
    return User.objects.get(pk="u1")


def test_a_conflict_left_open_is_reported_by_every_run(source: SmallSource) -> None:
    source.user("u1")
    source.imported()
    User.objects.filter(pk="u1").update(phone_number="Django's")
    source.change("u1", PhoneNumber="the source's")
    for _run in range(3):
        report = source.imported()
        assert issues_of(report, "changed_on_both_sides") == ["u1"]
        assert report.exit_code == 1
        assert report.verification.changed_in_django == 1
    assert ada().phone_number == "Django's"


def test_a_conflict_left_open_can_be_settled_later(source: SmallSource) -> None:
    source.user("u1")
    source.imported()
    User.objects.filter(pk="u1").update(phone_number="Django's")
    source.change("u1", PhoneNumber="the source's")
    source.imported()
    assert source.imported(**OVERWRITE).exit_code == 0
    assert ada().phone_number == "the source's"
    report = source.imported()
    assert report.exit_code == 0
    assert report.verification.users_equal == 1


def test_an_undo_keeps_a_user_whose_conflict_was_left_to_django(source: SmallSource) -> None:
    source.user("u1")
    run = source.imported().run
    User.objects.filter(pk="u1").update(phone_number="Django's")
    source.change("u1", PhoneNumber="the source's")
    source.imported()
    assert undo_run(run, using="default", progress=lambda number: None).kept == 1
    assert User.objects.filter(pk="u1").exists()


def test_a_change_of_django_is_not_forgotten_by_a_run_that_changes_something_else(
    source: SmallSource,
) -> None:
    source.user("u1")
    run = source.imported().run
    User.objects.filter(pk="u1").update(email="django@example.com")
    source.change("u1", PhoneNumber="+43 1")
    assert source.imported().exit_code == 0
    source.change("u1", Email="source@example.com")
    report = source.imported()
    assert issues_of(report, "changed_on_both_sides") == ["u1"]
    assert (ada().email, ada().phone_number) == ("django@example.com", "+43 1")
    assert undo_run(run, using="default", progress=lambda number: None).kept == 1


def test_a_hash_upgraded_by_a_login_yields_to_a_new_password_at_the_source(
    source: SmallSource,
) -> None:
    source.user("u1", PasswordHash=hash_password(PASSWORD))
    source.imported()
    assert ada().check_password(PASSWORD)
    assert ada().password.startswith("argon2")
    source.change("u1", PasswordHash=hash_password("New-Password1!"), SecurityStamp="NEW")
    assert source.imported().exit_code == 0
    assert ada().check_password("New-Password1!")
    assert not ada().check_password(PASSWORD)


def test_a_password_set_in_django_does_not_yield(source: SmallSource) -> None:
    source.user("u1", PasswordHash=hash_password(PASSWORD))
    source.imported()
    user = ada()
    user.set_password("Django-Password1!")
    user.save()
    source.change("u1", PasswordHash=hash_password("New-Password1!"), SecurityStamp="NEW")
    assert issues_of(source.imported(), "changed_on_both_sides") == ["u1"]
    assert ada().check_password("Django-Password1!")


def test_a_taken_name_can_be_taken_over_later(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "alice")
    for _run in range(2):
        assert issues_of(source.imported(), "username_taken") == ["u1"]
    source.imported(policies={"username_taken": "overwrite"})
    assert User.objects.find_by_name("Alice").pk == "u1"
    assert ada().username == "alice"


def test_a_taken_name_comes_in_by_itself_once_it_is_free(source: SmallSource) -> None:
    User.objects.create_user("alice", id="mine")
    source.user("u1", "alice")
    source.imported()
    User.objects.get(pk="mine").delete()
    assert source.imported().exit_code == 0
    assert (ada().username, ada().normalized_username) == ("alice", "ALICE")


def test_a_login_of_somebody_else_is_asked_for_again(source: SmallSource) -> None:
    User.objects.create_user("bob", id="mine")
    UserLogin.objects.create(user_id="mine", login_provider="Google", provider_key="1")
    source.user("u1")
    source.login("u1", "Google", "1")
    assert issues_of(source.imported(), "login_taken")
    assert issues_of(source.imported(), "login_taken")
    UserLogin.objects.all().delete()
    assert source.imported().exit_code == 0
    assert UserLogin.objects.get().user_id == "u1"


def test_a_login_of_somebody_else_can_be_moved_later(source: SmallSource) -> None:
    User.objects.create_user("bob", id="mine")
    UserLogin.objects.create(user_id="mine", login_provider="Google", provider_key="1")
    source.user("u1")
    source.login("u1", "Google", "1")
    source.imported()
    source.imported(policies={"login_taken": "overwrite"})
    assert UserLogin.objects.get().user_id == "u1"
