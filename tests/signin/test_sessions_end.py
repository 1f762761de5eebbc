"""Which sessions end, when, and at what price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity_bridge.signin import sessions
from identity_bridge.signin.middleware import SecurityStampMiddleware
from identity_bridge.users import passwords, stamps

from .conftest import KEY, PASSWORD, code
from .scenarios.browser import Browser
from .test_attacks_on_the_second_factor import give_code, give_password


def is_signed_in(browser: Browser) -> bool:
    return bool(browser.request(lambda request: request.user.is_authenticated))


def test_an_inactive_user_is_nobody_at_once(make_user: Any, browser: Browser) -> None:
    make_user()
    give_password(browser)
    assert is_signed_in(browser)
    get_user_model().objects.update(is_active=False)
    assert not is_signed_in(browser)


def test_a_new_stamp_ends_the_session_at_once(make_user: Any, browser: Browser) -> None:
    user = make_user()
    give_password(browser)
    user.refresh_from_db()
    stamps.update_security_stamp(user=user)
    assert not is_signed_in(browser)


def test_a_lockout_ends_the_session_when_it_is_checked(make_user: Any, browser: Browser) -> None:
    make_user()
    give_password(browser)
    get_user_model().objects.update(lockout_end=timezone.now() + timedelta(days=400))
    assert is_signed_in(browser)
    browser.advance(1801)
    assert not is_signed_in(browser)
    assert not browser.state()["application"]


def test_the_same_holds_for_auser(make_user: Any, browser: Browser) -> None:
    make_user()
    give_password(browser)
    get_user_model().objects.update(lockout_end=timezone.now() + timedelta(days=400))
    browser.advance(1801)
    ask = lambda request: async_to_sync(request.auser)()  # noqa: E731
    if connection.vendor == "sqlite":
        assert browser.request(ask).is_anonymous


def test_a_request_that_asks_for_nobody_costs_nothing(
    make_user: Any, browser: Browser, django_assert_num_queries: Any
) -> None:
    make_user()
    give_password(browser)
    browser.advance(1801)
    with django_assert_num_queries(0):
        browser.request(lambda request: None)


def test_changing_the_password_keeps_this_browser_and_ends_the_other(
    make_user: Any, browser: Browser
) -> None:
    make_user()
    other = Browser()
    give_password(browser)
    give_password(other)

    def change(request: Any) -> None:
        user = get_user_model().objects.get()
        assert passwords.change_password(user=user, current=PASSWORD, new="An0ther-one").succeeded
        sessions.refresh_sign_in(request=request, user=user)

    browser.request(change)
    assert is_signed_in(browser)
    assert not is_signed_in(other)


def test_refreshing_somebody_elses_session_changes_nothing(
    make_user: Any, browser: Browser
) -> None:
    make_user("ada")
    eve = make_user("eve")
    give_password(browser, "ada")
    browser.request(lambda r: sessions.refresh_sign_in(request=r, user=eve))
    assert browser.request(lambda r: r.user.username) == "ada"


def test_persistent_sessions_outlive_the_browser(make_user: Any, browser: Browser) -> None:
    user = make_user()

    def sign_in(request: Any, *, persistent: bool) -> bool:
        sessions.sign_in(request=request, user=user, persistent=persistent)
        return bool(request.session.get_expire_at_browser_close())

    assert browser.request(lambda r: sign_in(r, persistent=False))
    assert not browser.request(lambda r: sign_in(r, persistent=True))


def test_the_middleware_says_what_it_needs() -> None:
    middleware = SecurityStampMiddleware(lambda request: HttpResponse())
    with pytest.raises(ImproperlyConfigured, match="AuthenticationMiddleware"):
        middleware.process_request(RequestFactory().get("/"))


def statements(work: Callable[[], Any]) -> list[str]:
    """Return the SQL of ``work``, what only holds the test's transactions together aside."""
    with CaptureQueriesContext(connection) as captured:
        work()
    words = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(words)]


def test_a_password_sign_in_takes_six_statements_at_most(make_user: Any, browser: Browser) -> None:
    make_user()
    made = statements(lambda: give_password(browser))
    assert len(made) <= 6, "\n".join(made)


def test_the_steps_of_a_two_factor_sign_in_read_user_and_key_and_write_the_last_login(
    make_user: Any, browser: Browser
) -> None:
    make_user(key=KEY)
    first = statements(lambda: give_password(browser))
    second = statements(lambda: give_code(browser, code()))
    assert len(first) <= 6, "\n".join(first)
    # Of the second step six belong to Django's session in the database: it is read, gets a new
    # key (is it free, insert, read and delete the old one), and is saved.
    assert len([sql for sql in second if "AspNet" in sql]) == 3, "\n".join(second)
    assert len(second) <= 9, "\n".join(second)


def test_with_sessions_in_the_cache_each_step_takes_three_statements(
    make_user: Any, browser: Browser, settings: Any
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    make_user(key=KEY)
    assert len(statements(lambda: give_password(browser))) <= 3
    assert len(statements(lambda: give_code(browser, code()))) <= 3
