"""The pages of users: what is shown, what is saved, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity_bridge.admin import users as user_admin
from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import UndeclaredColumns, User, UserClaim, UserLogin, UserRole
from identity_bridge.models.roles import Role

from .conftest import SECRETS
from .pages import form_values, list_of, submit, url_of

ANY_NAME = {"USER_ALLOWED_USER_NAME_CHARACTERS": ""}
ADD = "admin:identity_bridge_user_add"


def test_the_user_page_shows_no_secret(admin: Client, hamid: User) -> None:
    page = admin.get(url_of(hamid)).content.decode()
    for name, secret in SECRETS.items():
        assert secret not in page, name
    assert hamid.password.split("$")[-1] not in page
    assert "2 codes left, hidden" in page
    assert "authenticator app set up, key hidden" in page


def test_the_user_list_shows_no_secret(admin: Client, hamid: User) -> None:
    page = admin.get(list_of(User)).content.decode()
    assert not [name for name, secret in SECRETS.items() if secret in page]


def test_a_damaged_hash_is_shown_as_such(admin: Client, hamid: User) -> None:
    for damaged in ("argon2$damaged", "not base64 at all", "", "AQAAAA"):
        User.objects.filter(pk=hamid.pk).update(password=damaged)
        assert admin.get(url_of(hamid)).status_code == 200


def test_a_name_is_changed_and_its_key_with_it(admin: Client, hamid: User, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = ANY_NAME
    answer = submit(admin, url_of(hamid), username="  Zoë ")
    assert answer.status_code == 302
    hamid.refresh_from_db()
    assert (hamid.username, hamid.normalized_username) == ("  Zoë ", "  ZOË ")
    assert hamid.security_stamp != SECRETS["security stamp"]


def test_the_rules_for_names_are_those_of_the_settings(admin: Client, hamid: User) -> None:
    answer = submit(admin, url_of(hamid), username="not allowed")
    assert answer.status_code == 200
    assert "can only contain letters or digits" in answer.content.decode()


def test_a_new_address_is_not_confirmed_by_the_old_one(admin: Client, hamid: User) -> None:
    User.objects.filter(pk=hamid.pk).update(
        email_confirmed=True, phone_number="1", phone_number_confirmed=True
    )
    assert submit(admin, url_of(hamid), email="new@example.test").status_code == 302
    hamid.refresh_from_db()
    assert (hamid.normalized_email, hamid.email_confirmed) == ("NEW@EXAMPLE.TEST", False)
    assert hamid.phone_number_confirmed
    assert submit(admin, url_of(hamid), phone_number="2").status_code == 302
    hamid.refresh_from_db()
    assert not hamid.phone_number_confirmed


@pytest.mark.parametrize("password", ["short", "nodigits-Aa", "NOLOWER-1"])
def test_a_password_keeps_the_rules_of_the_settings(
    admin: Client, hamid: User, password: str
) -> None:
    passwords = {"password1": password, "password2": password, "usable_password": "true"}
    url = reverse("admin:auth_user_password_change", args=[hamid.pk])
    assert admin.post(url, passwords).status_code == 200
    assert admin.post(reverse(ADD), {"username": "new", **passwords}).status_code == 200
    assert not User.objects.filter(username="new").exists()


def test_a_password_can_be_taken_away(admin: Client, hamid: User) -> None:
    url = reverse("admin:auth_user_password_change", args=[hamid.pk])
    taken = {"usable_password": "false", "unset-password": "1"}
    assert admin.post(url, taken).status_code == 302
    hamid.refresh_from_db()
    assert not hamid.has_password()


def test_saving_without_a_change_alters_nothing(admin: Client, hamid: User) -> None:
    User.objects.filter(pk=hamid.pk).update(normalized_username="own normaliser")
    before = User.objects.values().get(pk=hamid.pk)
    assert submit(admin, url_of(hamid)).status_code == 302
    after = User.objects.values().get(pk=hamid.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"concurrency_stamp"}
    assert hamid.claims.get().claim_value == "  Sales\nEast "


def test_a_claim_is_added_and_one_removed(admin: Client, hamid: User) -> None:
    answer = submit(
        admin,
        url_of(hamid),
        **{
            "claims-TOTAL_FORMS": "2",
            "claims-0-DELETE": "on",
            "claims-1-claim_type": "level",
            "claims-1-claim_value": " 3 ",
        },
    )
    assert answer.status_code == 302
    claims = UserClaim.objects.filter(user=hamid)
    assert [(claim.claim_type, claim.claim_value) for claim in claims] == [("level", " 3 ")]


def test_an_existing_claim_cannot_be_rewritten(admin: Client, hamid: User) -> None:
    submit(admin, url_of(hamid), **{"claims-0-claim_value": "Board"})
    assert hamid.claims.get().claim_value == "  Sales\nEast "


def test_a_role_is_given_and_taken(admin: Client, hamid: User) -> None:
    role = Role.objects.create(name="Editors")
    added = {"role_memberships-TOTAL_FORMS": "1", "role_memberships-0-role": role.pk}
    assert submit(admin, url_of(hamid), **added).status_code == 302
    assert [str(r) for r in hamid.roles.all()] == ["Editors"]
    again = {"role_memberships-TOTAL_FORMS": "2", "role_memberships-1-role": role.pk}
    assert submit(admin, url_of(hamid), **again).status_code == 200
    assert submit(admin, url_of(hamid), **{"role_memberships-0-DELETE": "on"}).status_code == 302
    assert not UserRole.objects.exists()


def test_one_role_cannot_be_given_twice_at_once(admin: Client, hamid: User) -> None:
    role = Role.objects.create(name="Editors")
    twice = {
        "role_memberships-TOTAL_FORMS": "2",
        "role_memberships-0-role": role.pk,
        "role_memberships-1-role": role.pk,
    }
    assert submit(admin, url_of(hamid), **twice).status_code == 200
    assert not UserRole.objects.exists()


def test_removing_a_login_signs_the_user_out_elsewhere(admin: Client, hamid: User) -> None:
    assert submit(admin, url_of(hamid), **{"logins-0-DELETE": "on"}).status_code == 302
    assert not UserLogin.objects.exists()
    hamid.refresh_from_db()
    assert hamid.security_stamp != SECRETS["security stamp"]


def test_a_change_meanwhile_is_said_clearly(admin: Client, hamid: User) -> None:
    values = form_values(admin.get(url_of(hamid)))
    hamid.phone_number = "+1 555 0100"
    hamid.save()
    answer = admin.post(url_of(hamid), values | {"username": "other"})
    assert answer.status_code == 200
    assert "was changed since you opened the page" in answer.content.decode()
    hamid.refresh_from_db()
    assert hamid.username == "hamid"


def test_a_change_at_the_same_moment_is_said_clearly(
    admin: Client, hamid: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = User.save

    def overtaken(self: User, **kwargs: Any) -> None:
        User.objects.filter(pk=self.pk).update(phone_number="0")
        real(self, **kwargs)

    monkeypatch.setattr(User, "save", overtaken)
    answer = submit(admin, url_of(hamid), username="other")
    assert answer.status_code == 302
    assert answer["Location"] == url_of(hamid)
    assert "at the same moment" in admin.get(url_of(hamid)).content.decode()
    password = reverse("admin:auth_user_password_change", args=[hamid.pk])
    passwords = {"password1": "New-Pass-2!", "password2": "New-Pass-2!", "usable_password": "true"}
    assert admin.post(password, passwords).status_code == 302
    hamid.refresh_from_db()
    assert hamid.username == "hamid"
    assert not hamid.check_password("New-Pass-2!")


def test_the_password_form_sets_a_password_and_a_new_stamp(admin: Client, hamid: User) -> None:
    url = reverse("admin:auth_user_password_change", args=[hamid.pk])
    assert admin.get(url).status_code == 200
    passwords = {"password1": "New-Pass-2!", "password2": "New-Pass-2!", "usable_password": "true"}
    assert admin.post(url, passwords).status_code == 302
    hamid.refresh_from_db()
    assert hamid.check_password("New-Pass-2!")
    assert hamid.security_stamp != SECRETS["security stamp"]


def test_a_user_is_added_with_a_password(admin: Client) -> None:
    values = {
        "username": "new",
        "email": "",
        "password1": "New-Pass-2!",
        "password2": "New-Pass-2!",
    }
    assert admin.get(reverse(ADD)).status_code == 200
    assert admin.post(reverse(ADD), values).status_code == 302
    user = User.objects.get(username="new")
    assert user.check_password("New-Pass-2!")
    assert (user.email, user.normalized_email, user.is_staff) == (None, None, False)


def test_a_taken_name_is_refused_in_any_case(admin: Client, hamid: User) -> None:
    values = {"username": "HAMID", "password1": "New-Pass-2!", "password2": "New-Pass-2!"}
    assert admin.post(reverse(ADD), values).status_code == 200
    assert submit(admin, url_of(hamid), username="ROOT").status_code == 200
    assert User.objects.count() == 2


@pytest.mark.parametrize("name", ["x\x1fy", "\ufffe", "a" * 256, "<b>", "مستخدم", "   ", "\x00"])
def test_odd_names_never_break_a_page(admin: Client, hamid: User, name: str, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = ANY_NAME
    assert submit(admin, url_of(hamid), username=name).status_code in {200, 302}
    assert admin.get(list_of(User), {"q": name}).status_code in {200, 302}
    assert admin.get(list_of(User)).status_code == 200


def test_odd_rows_never_break_a_page(admin: Client) -> None:
    rows = [
        User(id="no-name", username=None, email=None),
        User(id="", username="empty id"),
        User(id="a/b?c=d&é\n", username="  "),
        User(id="_5F", username="quoted"),
        User(id="forever", username="forever", lockout_end=MAX_VALUE, security_stamp=""),
        User(id="far", username="far", lockout_end=datetime(9999, 12, 30, 23, tzinfo=UTC)),
    ]
    User.objects.bulk_create(rows)
    with timezone.override("Asia/Tokyo"):
        page = admin.get(list_of(User))
        assert page.status_code == 200
        assert "for ever" in page.content.decode()
        assert "(no name)" in page.content.decode()
        for user in rows:
            if user.pk:
                assert admin.get(url_of(user)).status_code == 200, user.pk
    assert submit(admin, url_of(rows[0]), phone_number="1").status_code == 302
    assert User.objects.values_list("username", "phone_number").get(pk="no-name") == (None, "1")
    assert admin.post(url_of(rows[2], "delete"), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk="a/b?c=d&é\n").exists()


def test_kept_columns_are_shown(admin: Client, hamid: User) -> None:
    UndeclaredColumns.objects.create(
        table="AspNetUsers", key=hamid.pk, columns={"FavouriteColour": "teal"}
    )
    assert "FavouriteColour" in admin.get(url_of(hamid)).content.decode()


def test_the_page_of_a_user_takes_a_bounded_number_of_queries(
    admin: Client, hamid: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        role = Role.objects.create(name=f"Role {number}")
        UserRole.objects.create(user=hamid, role=role)
        UserClaim.objects.create(user=hamid, claim_type="n", claim_value=str(number))
    with django_assert_max_num_queries(17):
        admin.get(url_of(hamid))


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    User.objects.bulk_create(
        User(username=f"user{n}", normalized_username=f"USER{n}", lockout_end=now + timedelta(1))
        for n in range(60)
    )
    with django_assert_max_num_queries(6):
        assert admin.get(list_of(User)).status_code == 200


def test_somebody_elses_user_model_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.models import AnonymousUser

    before = dict(django_admin.site._registry)
    monkeypatch.setattr(user_admin, "get_user_model", lambda: AnonymousUser)
    user_admin.register()
    monkeypatch.undo()
    user_admin.register()
    assert django_admin.site._registry == before
