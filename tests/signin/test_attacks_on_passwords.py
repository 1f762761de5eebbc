"""What an attacker tries at the first step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from identity_bridge.aspnet import hash_blob
from identity_bridge.signin import flow
from identity_bridge.users.lockout import access_failed

from .conftest import PASSWORD


def attempt(username: str, password: str) -> str:
    return flow.check_credentials(request=None, username=username, password=password)[0].text


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the iterations of every PBKDF2 that is computed."""
    computed: list[int] = []
    real = hash_blob.pbkdf2_hmac

    def counted(name: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
        computed.append(iterations)
        return real(name, password, salt, iterations, size)

    monkeypatch.setattr(hash_blob, "pbkdf2_hmac", counted)
    return computed


def test_an_unknown_user_costs_what_a_wrong_password_costs(
    make_user: Any, rounds: list[int]
) -> None:
    make_user()
    rounds.clear()
    assert attempt("ada", "wrong") == attempt("nobody", "wrong") == "Failed"
    assert rounds == [1000, 1000]


@pytest.mark.parametrize(
    "columns",
    [
        {"lockout_end": timezone.now() + timedelta(days=1)},
        {"is_active": False},
    ],
    ids=["locked", "inactive"],
)
def test_a_blocked_user_costs_the_same_and_the_right_password_shows_nothing(
    make_user: Any, rounds: list[int], columns: dict[str, Any]
) -> None:
    make_user(**columns)
    rounds.clear()
    assert attempt("ada", PASSWORD) == attempt("ada", "wrong") != "Succeeded"
    assert rounds == [1000, 1000]


def test_a_user_without_a_password_costs_the_same(make_user: Any, rounds: list[int]) -> None:
    user = make_user()
    type(user).objects.filter(pk=user.pk).update(password="!")
    rounds.clear()
    assert attempt("ada", "") == "Failed"
    assert rounds == [1000]


def test_a_locked_user_stays_out_with_the_right_password(make_user: Any) -> None:
    make_user()
    assert [attempt("ada", "wrong") for _ in range(5)] == ["Failed"] * 4 + ["LockedOut"]
    assert attempt("ada", PASSWORD) == "LockedOut"


@pytest.mark.parametrize(
    "username",
    ["a\x00da", "\ud800", "\ufffe", "", " ", "a" * 100_000, "ada\x00", "%", "' OR 1=1 --"],
)
def test_an_odd_user_name_is_nobody(make_user: Any, username: str) -> None:
    make_user()
    assert attempt(username, PASSWORD) == "Failed"


@pytest.mark.parametrize("password", ["x" * 5_000_000, "\ud800", "a\x00b", "", "\x00" * 10])
def test_an_odd_password_is_wrong_and_counted(make_user: Any, password: str) -> None:
    user = make_user()
    assert attempt("ada", password) == "Failed"
    user.refresh_from_db()
    assert user.access_failed_count == 1


def test_a_huge_password_is_cut_and_costs_the_same_for_known_and_unknown_users(
    make_user: Any, rounds: list[int]
) -> None:
    make_user()
    rounds.clear()
    assert attempt("ada", PASSWORD + "x" * 5000) == "Failed"
    assert attempt("nobody", PASSWORD + "x" * 5000) == "Failed"
    assert rounds == [1000, 1000]


def test_the_start_of_a_huge_password_is_not_the_password(make_user: Any) -> None:
    user = make_user()
    user.set_password("x" * flow.MAX_PASSWORD_CHARACTERS)
    user.save()
    assert attempt("ada", "x" * flow.MAX_PASSWORD_CHARACTERS + "y") == "Failed"
    assert attempt("ada", "x" * flow.MAX_PASSWORD_CHARACTERS) == "Succeeded"


def test_a_name_no_longer_allowed_can_still_be_locked_out(make_user: Any) -> None:
    user = make_user("naïve user")
    for _ in range(5):
        attempt("naïve user", "wrong")
    assert attempt("naïve user", PASSWORD) == "LockedOut"
    user.refresh_from_db()
    assert user.is_locked_out()


def test_an_email_address_signs_in_only_if_the_setting_and_the_user_say_so(
    make_user: Any, configure: Callable[..., None]
) -> None:
    make_user(email="ada@example.com")
    assert attempt("ada@example.com", PASSWORD) == "Failed"
    configure(LOGIN_BY_EMAIL=True)
    assert attempt("ada@example.com", PASSWORD) == "Failed"
    get_user_model().objects.update(email_confirmed=True)
    assert attempt("ADA@example.com", PASSWORD) == "Succeeded"
    make_user("eve", email="ada@example.com", email_confirmed=True)
    assert attempt("ada@example.com", PASSWORD) == "Failed"


@pytest.mark.parametrize("how", ["as the name", "as the address", "as both"])
def test_nobody_takes_the_sign_in_by_address_from_who_has_confirmed_it(
    make_user: Any, configure: Callable[..., None], how: str
) -> None:
    configure(LOGIN_BY_EMAIL=True)
    ada = make_user("ada", email="ada@example.com", email_confirmed=True)
    name = "eve" if how == "as the address" else "ADA@example.com"
    make_user(name, email=None if how == "as the name" else "ada@example.com")
    assert flow.find_user("Ada@example.com") == ada
    assert flow.find_user("ada") == ada


def test_of_an_address_that_two_have_confirmed_the_user_name_decides(
    make_user: Any, configure: Callable[..., None]
) -> None:
    configure(LOGIN_BY_EMAIL=True)
    make_user("ada", email="eve@example.com", email_confirmed=True)
    eve = make_user("eve@example.com", email="eve@example.com", email_confirmed=True)
    assert flow.find_user("eve@example.com") == eve
    configure(LOGIN_BY_EMAIL=False)
    assert flow.find_user("eve@example.com") == eve


def test_a_writer_with_an_old_object_cannot_hide_failures(make_user: Any) -> None:
    user = make_user()
    stale = [get_user_model().objects.get(pk=user.pk) for _ in range(3)]
    assert all(access_failed(user=one).succeeded for one in stale)
    user.refresh_from_db()
    assert user.access_failed_count == 3


@pytest.mark.django_db(transaction=True)
def test_wrong_passwords_sent_at_one_moment_are_all_counted(
    make_user: Any, configure: Callable[..., None]
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection")
    configure(LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS=1000)
    user = make_user()
    start = threading.Barrier(8)

    def guess() -> None:
        try:
            start.wait()
            for _ in range(5):
                attempt("ada", "wrong")
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    user.refresh_from_db()
    assert user.access_failed_count == 40


@pytest.mark.parametrize("blocked", ["locked", "inactive", "two_factor", "unconfirmed"])
def test_no_later_backend_lets_a_refused_user_in(
    make_user: Any, settings: Any, configure: Callable[..., None], blocked: str
) -> None:
    settings.AUTHENTICATION_BACKENDS = [
        "identity_bridge.signin.backend.IdentityBackend",
        "django.contrib.auth.backends.AllowAllUsersModelBackend",
    ]
    user = make_user(key="JBSWY3DPEHPK3PXP" if blocked == "two_factor" else None)
    if blocked == "locked":
        type(user).objects.update(lockout_end=timezone.now() + timedelta(days=1))
    elif blocked == "inactive":
        type(user).objects.update(is_active=False)
    elif blocked == "unconfirmed":
        configure(SIGN_IN_REQUIRE_CONFIRMED_EMAIL=True)
    request = RequestFactory().get("/")
    assert authenticate(request, username="ada", password=PASSWORD) is None
