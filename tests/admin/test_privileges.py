"""A staff member who is no superuser cannot become one, nor anybody else's equal."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from identity_bridge.models import ImportRun, Role, User, UserRole

from .pages import form_values, list_of, submit, url_of

RISE = {"is_superuser": "on", "is_staff": "on"}


def test_nobody_makes_himself_superuser(helper_client: Client, helper: User) -> None:
    anything = Permission.objects.exclude(content_type__app_label="identity_bridge").first()
    assert anything is not None
    rise = RISE | {"user_permissions": [anything.pk]}
    assert submit(helper_client, url_of(helper), **rise).status_code == 302
    helper.refresh_from_db()
    assert not helper.is_superuser
    assert not helper.user_permissions.filter(pk=anything.pk).exists()


def test_nobody_makes_a_new_superuser(helper_client: Client) -> None:
    url = reverse("admin:identity_bridge_user_add")
    passwords = {"password1": "New-Pass-2!", "password2": "New-Pass-2!"}
    assert helper_client.post(url, {"username": "n", **passwords, **RISE}).status_code == 302
    user = User.objects.get(username="n")
    assert not user.is_staff
    assert not user.is_superuser


def test_a_superuser_is_out_of_reach(helper_client: Client, superuser: User) -> None:
    assert helper_client.get(url_of(superuser)).status_code == 200
    assert helper_client.post(url_of(superuser), {"username": "mine"}).status_code == 403
    assert helper_client.post(url_of(superuser, "delete"), {"post": "yes"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    assert helper_client.get(password).status_code == 403
    for action in ("unlock", "reset_second_factor", "sign_out_everywhere", "delete_selected"):
        helper_client.post(
            list_of(User),
            {"action": action, "_selected_action": [superuser.pk], "post": "yes"},
        )
    before = superuser.security_stamp
    superuser.refresh_from_db()
    assert superuser.security_stamp == before


def test_a_role_with_permissions_is_not_handed_out(
    helper_client: Client, helper: User, superuser: User
) -> None:
    powerful, plain = Role.objects.create(name="Powerful"), Role.objects.create(name="Plain")
    powerful.permissions.add(Permission.objects.first())
    for role, status in ((powerful, 200), (plain, 302)):
        given = {"role_memberships-TOTAL_FORMS": "1", "role_memberships-0-role": role.pk}
        assert submit(helper_client, url_of(helper), **given).status_code == status
    assert [membership.role for membership in UserRole.objects.all()] == [plain]


def test_a_role_is_not_given_permissions(helper_client: Client) -> None:
    role = Role.objects.create(name="Plain")
    permission = Permission.objects.first()
    assert permission is not None
    changes = {"permissions": [permission.pk], "name": "Renamed"}
    assert submit(helper_client, url_of(role), **changes).status_code == 302
    role.refresh_from_db()
    assert role.name == "Renamed"
    assert not role.permissions.exists()


def test_who_may_only_look_sees_no_form(client: Client, hamid: User) -> None:
    viewer = User.objects.create_user("viewer", None, "Viewer-Pass1!", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    answer = client.get(url_of(hamid))
    assert answer.status_code == 200
    assert 'type="text"' not in answer.content.decode().split('id="user_form"')[1]
    assert client.post(url_of(hamid), {"username": "x"}).status_code == 403


def test_runs_are_only_read(admin: Client) -> None:
    run = ImportRun.objects.create(source="app.db", generation="V3", key_type="string")
    assert admin.post(url_of(run), {"source": "x"}).status_code == 403
    assert admin.post(url_of(run, "delete"), {"post": "yes"}).status_code == 403
    assert admin.get(reverse("admin:identity_bridge_importrun_add")).status_code == 403


def test_what_a_helper_submits_is_what_he_saw(helper_client: Client, hamid: User) -> None:
    values = form_values(helper_client.get(url_of(hamid)))
    assert not {"is_superuser", "is_staff", "groups", "user_permissions"} & set(values)
