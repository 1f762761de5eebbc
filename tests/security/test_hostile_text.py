"""Mark-up, odd bytes and odd methods, sent to every page or shown by it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from identity_bridge.models import (
    ImportIssue,
    ImportRun,
    Role,
    RoleClaim,
    User,
    UserClaim,
    UserLogin,
    UserRole,
    UserToken,
)

PASSWORD = "Amber-Ivory8381!"
MARK_UP = "<b>bold</b>&amp;\"'><script>alert(1)</script>"
PAGES = ["login/", "two-factor/", "send-code/", "message-code/", "recovery-code/", "profile/", ""]
ELSEWHERE = [
    "https://evil.test/", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test",
    "https:evil.test", "javascript:alert(1)", "/\t/evil.test", "//testserver@evil.test/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _cheap(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ADDRESS": (0, 0)}


@pytest.fixture
def victim(db: Any) -> User:
    user = User.objects.create_user(MARK_UP, f"{MARK_UP}@example.test", PASSWORD)
    user.phone_number = MARK_UP
    user.save()
    role = Role.objects.create(name=MARK_UP)
    UserRole.objects.create(user=user, role=role)
    RoleClaim.objects.create(role=role, claim_type=MARK_UP, claim_value=MARK_UP)
    UserClaim.objects.create(user=user, claim_type=MARK_UP, claim_value=MARK_UP)
    UserLogin.objects.create(
        user=user, login_provider=MARK_UP, provider_key=MARK_UP, provider_display_name=MARK_UP
    )
    UserToken.objects.create(user=user, login_provider=MARK_UP, name=MARK_UP, value="secret")
    return user


@pytest.fixture
def run(db: Any) -> ImportRun:
    report = {MARK_UP: {MARK_UP: {"a": MARK_UP}}, "list": [MARK_UP, {MARK_UP: MARK_UP}]}
    run = ImportRun.objects.create(source=MARK_UP, outcome="x", report=report)
    ImportIssue.objects.create(
        run=run, code="code", severity="error", table=MARK_UP, key=MARK_UP, message=MARK_UP
    )
    return run


def assert_shown_as_text(client: Client, page: str) -> None:
    response = client.get(page)
    assert response.status_code == 200, page
    text = response.content.decode()
    assert "<b>bold" not in text, page
    assert "<script>alert" not in text, page


def test_the_profile_shows_mark_up_as_text(client: Client, victim: User) -> None:
    client.force_login(victim)
    assert_shown_as_text(client, "/account/profile/")
    assert "&lt;b&gt;bold" in client.get("/account/profile/").content.decode()


def test_the_admin_shows_mark_up_as_text(client: Client, victim: User, run: ImportRun) -> None:
    client.force_login(User.objects.create_superuser("root", None, PASSWORD))
    role, issue = Role.objects.get(), ImportIssue.objects.get()
    for model, key in (
        ("user", victim.pk),
        ("role", role.pk),
        ("importrun", run.pk),
        ("importissue", issue.pk),
    ):
        assert_shown_as_text(client, f"/admin/identity_bridge/{model}/")
        assert_shown_as_text(client, f"/admin/identity_bridge/{model}/{key}/change/")
    for page in (
        f"user/{victim.pk}/password",
        f"user/{victim.pk}/delete",
        f"role/{role.pk}/delete",
    ):
        assert_shown_as_text(client, f"/admin/identity_bridge/{page}/")


def test_a_refused_action_names_the_user_as_text(client: Client, victim: User) -> None:
    User.objects.filter(pk=victim.pk).update(is_superuser=True)
    helper = User.objects.create_user("helper", None, PASSWORD, is_staff=True)
    helper.user_permissions.set(
        Permission.objects.filter(content_type__app_label="identity_bridge")
    )
    client.force_login(helper)
    action = {"action": "unlock", "_selected_action": [victim.pk]}
    done = client.post("/admin/identity_bridge/user/", action, follow=True).content.decode()
    assert "you may not change this user" in done
    assert "<b>bold" not in done


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "method", ["get", "post", "put", "patch", "delete", "head", "options", "trace"]
)
def test_no_method_breaks_a_page(client: Client, db: Any, page: str, method: str) -> None:
    assert getattr(client, method)(f"/account/{page}").status_code < 500


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=nope",
        "application/x-www-form-urlencoded",
    ],
)
def test_no_body_breaks_a_page(client: Client, db: Any, page: str, content_type: str) -> None:
    body = b"\xff\x00username=%FF%ED%A0%80&username=%ED%A0%80&password=%00&code=%ED%A0%80&next=%00"
    response = client.generic("POST", f"/account/{page}", body, content_type=content_type)
    assert response.status_code < 500


@pytest.mark.parametrize("cookie", ["", "x" * 9000, "a:b:c", "\xff", "e30:1:x"])
@pytest.mark.parametrize("name", ["sessionid", "identity_bridge_remembered", "messages"])
def test_no_cookie_breaks_a_page(client: Client, victim: User, name: str, cookie: str) -> None:
    client.cookies[name] = cookie
    assert client.get("/account/profile/").status_code == 302
    client.cookies[name] = cookie
    fields = {"username": victim.username, "password": PASSWORD}
    assert client.post("/account/login/", fields).status_code == 302


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("where", ["query", "body"])
def test_no_step_leads_elsewhere(client: Client, victim: User, target: str, where: str) -> None:
    victim.two_factor_enabled = victim.email_confirmed = True
    victim.save()
    fields = {"username": victim.username, "password": PASSWORD, "code": "1", "way": "Email"}
    query = {"next": target} if where == "query" else {}
    body = fields | ({"next": target} if where == "body" else {})
    for page in PAGES:
        answer = client.post(f"/account/{page}", body, query_params=query)
        location = answer.headers.get("Location", "")
        assert urlsplit(location).netloc == "", (page, location)
        assert "evil" not in location, (page, location)
        assert "javascript" not in location, (page, location)


def test_an_address_with_line_breaks_gets_no_mail(client: Client, victim: User) -> None:
    victim.two_factor_enabled = victim.email_confirmed = True
    victim.email = "ada@example.test\r\nBcc: evil@evil.test"
    victim.save()
    client.post("/account/login/", {"username": victim.username, "password": PASSWORD})
    page = client.post("/account/send-code/", {"way": "Email"})
    assert page.status_code == 200
    assert "could not be sent" in page.content.decode()
    assert mail.outbox == []


def test_a_name_with_line_breaks_writes_no_line_into_the_log(
    client: Client, db: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    User.objects.create(pk="a\nevent=user_locked_out user=root", username="x", password="!")
    for name in ("x", "nobody\r\nevent=second_factor_used user=root"):
        client.post("/account/login/", {"username": name, "password": "wrong"})
    written = [record.getMessage() for record in caplog.records if "identity" in record.name]
    assert len(written) >= 2
    assert not [line for line in written if "\n" in line or "\r" in line]
    assert not [line for line in written if " user=root" in line and "\\n" not in line]
