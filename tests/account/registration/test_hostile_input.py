"""Whatever is sent to these pages, they answer, and nobody's account changes."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from identity_bridge.account.manage.urls import urlpatterns as owner_pages
from identity_bridge.account.registration.urls import urlpatterns as open_pages
from identity_bridge.models import User

PAGES = [f"account:{pattern.name}" for pattern in (*open_pages, *owner_pages)]
FIELDS = (
    "email",
    "new_password",
    "repeat",
    "current_password",
    "password",
    "name",
    "user_name",
    "number",
    "code",
    "next",
    "user",
    "token",
)
VALUES = ("%00", "%FF%FE", "%ED%A0%80", "%0D%0ASet-Cookie:x", "%F0%9F%94%91", "'\"><script>", "")
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("value", VALUES)
def test_no_text_is_an_error(name: str, value: str, client: Client, hamid: User) -> None:
    client.force_login(hamid)
    text = "&".join(f"{field}={value}" for field in FIELDS)
    answer = client.post(reverse(name), text, content_type=FORM)
    assert answer.status_code in {200, 302, 405}, answer.status_code
    assert b"<script>" not in answer.content
    assert client.get(f"{reverse(name)}?{text}").status_code in {200, 302, 405}
    user = User.objects.get(pk=hamid.pk)
    assert (user.username, user.email, user.password) == (
        hamid.username,
        hamid.email,
        hamid.password,
    )
    assert mail.outbox == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\x00", FORM),
        (b'{"email": 1}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"", "text/plain; charset=utf-16"),
        (b"email=" + b"x" * 1_000_000, FORM),
    ],
)
def test_no_body_is_an_error(
    name: str, body: bytes, content_type: str, client: Client, hamid: User
) -> None:
    client.force_login(hamid)
    answer = client.post(reverse(name), body, content_type=content_type)
    assert answer.status_code in {200, 302, 400, 405}, answer.status_code
    assert mail.outbox == []
