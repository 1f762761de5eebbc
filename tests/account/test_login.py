"""The login page: who comes in, and what everybody else is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import User
from identity_bridge.signin import clock

from .conftest import LOGIN, PASSWORD, PROFILE, credentials

WRONG = "The user name or the password is not right, or the account may not sign in."


def test_the_right_password_leads_to_the_profile(client: Client, hamid: User) -> None:
    answer = client.post(LOGIN, credentials("HAMID"))
    assert (answer.status_code, answer["Location"]) == (302, PROFILE)
    assert "hamid" in client.get(PROFILE).content.decode()


def test_the_index_leads_to_the_profile_and_that_to_the_login(client: Client) -> None:
    assert client.get("/account/")["Location"] == PROFILE
    assert client.get(PROFILE)["Location"] == f"{LOGIN}?next={PROFILE}"


def test_wrong_and_unknown_are_told_the_same(client: Client, hamid: User) -> None:
    wrong = client.post(LOGIN, credentials("hamid", "wrong"))
    unknown = client.post(LOGIN, credentials("nobody", "wrong"))
    assert wrong.status_code == unknown.status_code == 200
    assert WRONG in wrong.content.decode()

    def said(answer: Any, name: str) -> str:
        text = answer.content.decode()
        token = text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        return text.replace(token, "").replace(name, "")

    assert said(wrong, "hamid") == said(unknown, "nobody")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "hamid"},
        {"username": "hamid", "password": ""},
        {"username": "\x00", "password": PASSWORD},
        {"username": "hamid\x00", "password": PASSWORD},
        {"username": "hamid", "password": PASSWORD + "\x00"},
        {"username": "x" * 100_000, "password": "x" * 100_000},
        {"username": "hamid", "password": "x" * 1_000_000},
        {"username": "\ufffe", "password": "\udc00".encode("utf-8", "surrogatepass")},
        {"username": b"\xff\xfe", "password": b"\xff"},
        {"username": " hamid ", "password": PASSWORD},
    ],
)
def test_bad_input_is_a_wrong_password(client: Client, hamid: User, fields: dict[str, Any]) -> None:
    answer = client.post(LOGIN, fields)
    assert answer.status_code == 200
    assert WRONG in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/account/profile/?a=b", "/account/profile/?a=b"),
        ("https://evil.example/", PROFILE),
        ("//evil.example/", PROFILE),
        ("/\\evil.example", PROFILE),
        ("javascript:alert(1)", PROFILE),
        ("http://testserver/x", "http://testserver/x"),
        ("\x00/", PROFILE),
    ],
)
def test_next_stays_on_this_site(client: Client, hamid: User, target: str, expected: str) -> None:
    for how in ("query", "field"):
        query = {"next": target} if how == "query" else {}
        field = {"next": target} if how == "field" else {}
        answer = client.post(LOGIN, credentials("hamid", **field), query_params=query)
        assert answer["Location"] == expected, how
    page = client.get(LOGIN, {"next": target}).content.decode()
    assert "evil.example" not in page


def test_an_address_is_a_name_if_the_setting_says_so(
    client: Client, hamid: User, settings: Any
) -> None:
    User.objects.filter(pk=hamid.pk).update(email_confirmed=True)
    assert client.post(LOGIN, credentials("hamid@example.TEST")).status_code == 200
    settings.IDENTITY_BRIDGE = {"LOGIN_BY_EMAIL": True}
    assert "User name or e-mail address" in client.get(LOGIN).content.decode()
    assert client.post(LOGIN, credentials("hamid@example.TEST")).status_code == 302


def test_a_locked_user_is_told_until_when(client: Client, hamid: User) -> None:
    end = timezone.now() + timedelta(hours=1)
    User.objects.filter(pk=hamid.pk).update(lockout_end=end)
    page = client.post(LOGIN, credentials("hamid")).content.decode()
    assert "This account is locked until" in page
    assert "<h1>Account locked</h1>" in page
    assert 'name="password"' not in page
    User.objects.filter(pk=hamid.pk).update(lockout_end=MAX_VALUE)
    page = client.post(LOGIN, credentials("hamid")).content.decode()
    assert "Only an administrator can unlock it" in page


def test_the_last_wrong_password_locks(client: Client, hamid: User) -> None:
    for _attempt in range(4):
        assert WRONG in client.post(LOGIN, credentials("hamid", "wrong")).content.decode()
    page = client.post(LOGIN, credentials("hamid", "wrong")).content.decode()
    assert "This account is locked until" in page


def in_general(answer: Any, name: str) -> tuple[int, str]:
    """Return an answer without what differs from name to name, and from minute to minute."""
    text = re.sub('csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return answer.status_code, re.sub("is locked until .*? UTC", "", text).replace(name, "")


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
@pytest.mark.parametrize("why", ["inactive", "unconfirmed", "no password", "exempt", "nobody"])
def test_no_account_can_be_told_from_none_however_often_one_tries(
    hamid: User, settings: Any, why: str, password: str
) -> None:
    """The names of accounts that are locked in earnest set what is to be seen."""
    settings.IDENTITY_BRIDGE = {"LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": 3}
    real = [Client().post(LOGIN, credentials("hamid", "wrong")) for _ in range(5)]
    other = User.objects.create_user("zelda", "zelda@example.test", PASSWORD)
    match why:
        case "inactive":
            User.objects.filter(pk=other.pk).update(is_active=False)
        case "unconfirmed":
            settings.IDENTITY_BRIDGE |= {"SIGN_IN_REQUIRE_CONFIRMED_EMAIL": True}
        case "no password":
            User.objects.filter(pk=other.pk).update(password=None)
        case "exempt":
            User.objects.filter(pk=other.pk).update(lockout_enabled=False)
            password = "wrong"
        case _:
            other.delete()
    tried = [Client().post(LOGIN, credentials("zelda", password)) for _ in range(5)]
    shown = [in_general(answer, "hamid") for answer in real]
    assert [in_general(answer, "zelda") for answer in tried] == shown
    assert [WRONG in text for _status, text in shown] == [True, True, False, False, False]
    assert "<h1>Account locked</h1>" in shown[2][1]


def test_what_only_looks_locked_opens_to_the_right_password_and_with_time(
    hamid: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IDENTITY_BRIDGE = {"LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": 2}
    User.objects.update(lockout_enabled=False)
    now = 1_900_000_000.0
    monkeypatch.setattr(clock, "now", lambda: now)
    texts = [Client().post(LOGIN, credentials("HAMID", "x")).content.decode() for _ in range(3)]
    assert ["Account locked" in text for text in texts] == [False, True, True]
    now += 301
    assert WRONG in Client().post(LOGIN, credentials("hamid", "x")).content.decode()
    assert "Account locked" in Client().post(LOGIN, credentials("hamid", "x")).content.decode()
    assert Client().post(LOGIN, credentials("hamid")).status_code == 302
    settings.IDENTITY_BRIDGE |= {"LOCKOUT_ALLOWED_FOR_NEW_USERS": False}
    assert WRONG in Client().post(LOGIN, credentials("nobody", "x")).content.decode()
    assert WRONG in Client().post(LOGIN, credentials("nobody", "x")).content.decode()


def test_too_many_attempts_are_answered_with_429(
    client: Client, hamid: User, settings: Any
) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (2, 86_400)}
    for _attempt in range(2):
        client.post(LOGIN, credentials("nobody", "wrong"))
    answer = client.post(LOGIN, credentials("nobody", "wrong"))
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 86_400
    assert "Too many attempts" in answer.content.decode()


def test_the_form_needs_its_token(hamid: User) -> None:
    client = Client(enforce_csrf_checks=True)
    for page in (LOGIN, "/account/two-factor/", "/account/logout/"):
        assert client.post(page, credentials("hamid")).status_code == 403, page


def test_the_session_gets_a_new_key(client: Client, hamid: User) -> None:
    session = client.session
    session["before"] = "kept"
    session.save()
    key = session.session_key
    client.post(LOGIN, credentials("hamid"))
    assert client.session.session_key != key


def test_staying_signed_in_is_a_choice(client: Client, hamid: User) -> None:
    client.post(LOGIN, credentials("hamid"))
    assert client.session.get_expire_at_browser_close()
    client.post(LOGIN, credentials("hamid", remember_me="on"))
    assert not client.session.get_expire_at_browser_close()


def test_logout_is_a_post_and_ends_the_session(client: Client, hamid: User) -> None:
    client.post(LOGIN, credentials("hamid"))
    assert client.get("/account/logout/").status_code == 405
    assert client.get(PROFILE).status_code == 200
    assert client.post("/account/logout/")["Location"] == LOGIN
    assert client.get(PROFILE).status_code == 302


def test_pages_are_never_cached(client: Client, hamid: User) -> None:
    client.post(LOGIN, credentials("hamid"))
    for page in (LOGIN, PROFILE, "/account/two-factor/", "/account/recovery-code/"):
        assert "no-store" in client.get(page)["Cache-Control"], page


def test_pages_need_nothing_from_elsewhere(client: Client, hamid: User) -> None:
    client.post(LOGIN, credentials("hamid"))
    for page in (LOGIN, PROFILE):
        text = client.get(page).content.decode()
        assert text.count("<script") == text.count('<script src="/static/identity_bridge/')
        assert "style=" not in text
        assert "<style" not in text
        assert "http://" not in text.replace("http://schemas", "")
