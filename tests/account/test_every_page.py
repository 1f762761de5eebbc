"""What holds for all pages, those that come tomorrow too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

import identity_bridge
from identity_bridge.account.content_security import HEADER
from identity_bridge.models import User

from .surface import addresses

TEMPLATES = Path(identity_bridge.__file__).parent / "account" / "templates"
ADDRESSES = addresses()
#: Leads on and says nothing itself.
REDIRECTS = {"index"}
LARGE = "x" * 200_000
TEXTS = ["\x00", "\ud800", LARGE, "'\"><script>alert(1)</script>", "-1", "{}", "[]", "💥" * 99]
FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 2_000_000
"""Of a form, less than Django refuses unread."""


def answers(client: Client, path: str, form: Any = None) -> list[Any]:
    return [client.get(path), client.post(path, form or {})]


def check(answer: Any) -> None:
    assert answer.status_code < 500
    if answer.status_code == 405:
        return
    policy = answer.headers[HEADER]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert b"maxlength" not in answer.content


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_answer_is_guarded(client: Client, elena: User, name: str) -> None:
    if name in REDIRECTS:
        return
    for answer in answers(client, ADDRESSES[name]):
        if answer.status_code != 404:
            check(answer)
    client.force_login(elena)
    for answer in answers(client, ADDRESSES[name]):
        if answer.status_code != 404:
            check(answer)


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_form_of_another_site_is_taken(elena: User, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(elena)
    assert strict.post(ADDRESSES[name]).status_code in (403, 404, 405, 302)
    if name not in REDIRECTS:
        assert strict.post(ADDRESSES[name]).status_code != 302


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_sent_nothing_breaks(client: Client, elena: User, name: str, text: str) -> None:
    names = [
        "username", "password", "password_again", "new_password", "new_password_again",
        "old_password", "current_password", "email", "phone_number", "code", "next", "enabled",
        "user", "token", "name", "credential", "credential_id", "language", "way", "confirm",
        "scheme", "state", "client_id", "session_id", "userCode", "logoutId", "renew",
    ]  # fmt: skip
    sent = text.encode("utf-8", "surrogatepass")[: MAX_BYTES // len(names)]
    body = urlencode(dict.fromkeys(names, sent))
    for signed_in in (False, True):
        if signed_in:
            client.force_login(elena)
        answer = client.generic("POST", ADDRESSES[name], body, content_type=FORM)
        assert answer.status_code < 500
        assert b"<script>alert" not in answer.content
        short = text[:2000].encode("utf-8", "replace").decode()
        answer = client.get(ADDRESSES[name], dict.fromkeys(names, short))
        assert answer.status_code < 500
        assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_every_form_that_is_posted_has_its_token(path: Path) -> None:
    for form in re.findall(r"<form.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
        if 'method="post"' in form:
            assert "{% csrf_token %}" in form


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.*")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for said in (r"blocktranslate.*?{% endblocktranslate", r"comment %}.*?{% endcomment"):
        text = re.sub(r"{% " + said + " %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", " ", text, flags=re.DOTALL)
    text = re.sub(r"&\w+;|https?://\S+|class=\"[^\"]*\"", " ", text)
    assert not re.search(r"[A-Za-z]{2,}", text), re.findall(r"[A-Za-z]{2,}", text)
