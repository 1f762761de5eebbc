"""What an attacker who knows the password tries at the second step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.cache import cache
from django.utils import timezone

from identity_bridge.models import UserToken
from identity_bridge.signin import (
    flow,
    remembered_browser,
    replay,
    second_factor,
    two_factor_session,
)
from identity_bridge.users import stamps
from identity_bridge.users.recovery_codes import generate_recovery_codes
from identity_bridge.users.two_factor import generate_two_factor_code

from .conftest import KEY, PASSWORD, code
from .scenarios.browser import Browser


def give_password(browser: Browser, username: str = "ada", **meta: Any) -> str:
    return browser.request(
        lambda request: flow.password_sign_in(
            request=request, username=username, password=PASSWORD
        ),
        **meta,
    ).text


def give_code(browser: Browser, text: str, **options: Any) -> str:
    return browser.request(
        lambda request: second_factor.authenticator_sign_in(request=request, code=text, **options)
    ).text


def test_password_and_code_sign_in(make_user: Any, browser: Browser) -> None:
    make_user(key=KEY)
    assert give_password(browser) == "RequiresTwoFactor"
    assert not browser.state()["application"]
    assert give_code(browser, code()) == "Succeeded"
    assert browser.state() == {"application": True, "two_factor": False, "remembered": False}


def test_the_session_key_changes_at_each_step(make_user: Any, browser: Browser) -> None:
    make_user(key=KEY)
    give_password(browser)
    half = browser.cookies["sessionid"]
    give_code(browser, code())
    assert browser.cookies["sessionid"] != half
    thief = Browser()
    thief.cookies["sessionid"] = half
    assert not thief.state()["application"]


def test_a_half_signed_session_is_void_after_the_timeout(make_user: Any, browser: Browser) -> None:
    make_user(key=KEY)
    give_password(browser)
    browser.advance(301)
    assert give_code(browser, code()) == "Failed"


def test_a_clock_that_went_back_does_not_prolong_it(make_user: Any, browser: Browser) -> None:
    make_user(key=KEY)
    give_password(browser)
    browser.offset = -60
    assert give_code(browser, code()) == "Failed"


def test_a_half_signed_session_is_void_after_a_new_stamp(make_user: Any, browser: Browser) -> None:
    user = make_user(key=KEY)
    give_password(browser)
    user.refresh_from_db()
    assert stamps.update_security_stamp(user=user).succeeded
    assert give_code(browser, code()) == "Failed"


def test_a_half_signed_session_of_one_user_does_not_take_the_code_of_another(
    make_user: Any, browser: Browser
) -> None:
    make_user("ada", key=KEY)
    other = KEY[::-1]
    make_user("eve", key=other)
    give_password(browser, "ada")
    assert give_code(browser, code(key=other)) == "Failed"


def test_a_half_signed_session_does_not_count_as_signed_in(
    make_user: Any, browser: Browser
) -> None:
    make_user(key=KEY)
    give_password(browser)
    assert browser.request(lambda request: request.user.is_anonymous)


def test_a_user_made_inactive_between_the_steps_is_not_allowed(
    make_user: Any, browser: Browser
) -> None:
    make_user(key=KEY)
    give_password(browser)
    get_user_model().objects.update(is_active=False)
    assert give_code(browser, code()) == "NotAllowed"


def test_a_code_works_once_and_earlier_ones_no_longer(make_user: Any, browser: Browser) -> None:
    user = make_user(key=KEY)
    give_password(browser)
    assert give_code(browser, code()) == "Succeeded"
    second = Browser()
    give_password(second)
    assert give_code(second, code()) == "Failed"
    assert give_code(second, code(-1)) == "Failed"
    assert give_code(second, code(1)) == "Succeeded"
    user.refresh_from_db()


@pytest.mark.parametrize("backend", ["dummy.DummyCache", "failing"])
def test_without_a_cache_a_used_code_is_remembered_in_the_database(
    make_user: Any, browser: Browser, settings: Any, monkeypatch: Any, backend: str
) -> None:
    if backend == "failing":

        def fail(*args: Any, **kwargs: Any) -> None:
            raise ConnectionError("the cache does not answer")

        for name in ("add", "get", "set"):
            monkeypatch.setattr(type(cache._connections["default"]), name, fail)
    else:
        settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    make_user(key=KEY)
    give_password(browser)
    assert give_code(browser, code()) == "Succeeded"
    second = Browser()
    give_password(second)
    assert give_code(second, code()) == "Failed"
    assert give_code(second, code(-1)) == "Failed"
    assert give_code(second, code(1)) == "Succeeded"
    assert UserToken.objects.filter(login_provider="[IdentityBridge]").count() == 1


@pytest.mark.parametrize("spoilt", ["garbage", "", None, "5", "9" * 30, "²" * 20])
def test_a_spoilt_row_of_the_used_code_keeps_nobody_out(
    make_user: Any, browser: Browser, settings: Any, spoilt: str | None
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    user = make_user(key=KEY)
    UserToken.objects.create(
        user=user, login_provider=replay.PROVIDER, name=replay.NAME, value=spoilt
    )
    give_password(browser)
    assert give_code(browser, code()) == "Succeeded"
    second = Browser()
    give_password(second)
    assert give_code(second, code()) == "Failed"


@pytest.mark.parametrize("stored", [None, "", ";", ";;"])
def test_an_empty_recovery_code_is_refused(
    make_user: Any, browser: Browser, stored: str | None
) -> None:
    user = make_user(key=KEY)
    if stored is not None:
        UserToken.objects.create(
            user=user, login_provider="[AspNetUserStore]", name="RecoveryCodes", value=stored
        )
    give_password(browser)
    answer = browser.request(
        lambda r: second_factor.recovery_code_sign_in(request=r, recovery_code="")
    )
    assert answer.text == "Failed"


def test_a_recovery_code_works_once(make_user: Any, browser: Browser) -> None:
    user = make_user(key=KEY)
    first, *_rest = generate_recovery_codes(user=user, number=3)
    answers = []
    for one in (browser, Browser()):
        give_password(one)
        answers.append(
            one.request(
                lambda r: second_factor.recovery_code_sign_in(request=r, recovery_code=first)
            ).text
        )
    assert answers == ["Succeeded", "Failed"]


def test_a_recovery_code_does_not_open_a_locked_account_and_is_kept(
    make_user: Any, browser: Browser
) -> None:
    user = make_user(key=KEY)
    (only,) = generate_recovery_codes(user=user, number=1)
    give_password(browser)
    get_user_model().objects.update(lockout_end=timezone.now() + timedelta(days=1))
    answer = browser.request(
        lambda r: second_factor.recovery_code_sign_in(request=r, recovery_code=only)
    )
    assert answer.text == "LockedOut"
    assert UserToken.objects.get(name="RecoveryCodes").value == only


def test_ten_wrong_recovery_codes_end_the_half_signed_session(
    make_user: Any, browser: Browser
) -> None:
    make_user(key=KEY)
    give_password(browser)
    for _ in range(two_factor_session.MAX_WRONG_CODES):
        browser.request(
            lambda r: second_factor.recovery_code_sign_in(request=r, recovery_code="AAAAA-AAAAA")
        )
    assert not browser.state()["two_factor"]


def test_an_unconfirmed_address_is_no_second_factor(make_user: Any, browser: Browser) -> None:
    user = make_user(key=KEY, email="ada@example.com")
    give_password(browser)
    sent = generate_two_factor_code(user=user, provider="Email")
    answer = browser.request(
        lambda r: second_factor.two_factor_sign_in(request=r, provider="Email", code=sent)
    )
    assert answer.text == "Failed"


@pytest.mark.parametrize("provider", ["Default", "Pigeon", ""])
def test_a_foreign_provider_is_refused_and_not_counted(
    make_user: Any, browser: Browser, provider: str
) -> None:
    user = make_user(key=KEY)
    give_password(browser)
    answer = browser.request(
        lambda r: second_factor.two_factor_sign_in(request=r, provider=provider, code="1")
    )
    assert answer.text == "Failed"
    user.refresh_from_db()
    assert user.access_failed_count == 0


def test_a_remembered_browser_needs_only_the_password(make_user: Any, browser: Browser) -> None:
    make_user(key=KEY)
    give_password(browser)
    give_code(browser, code(), remember_client=True)
    browser.forget_session()
    assert give_password(browser) == "Succeeded"
    browser.forget_session()
    browser.advance(14 * 86400 + 1)
    assert give_password(browser) == "RequiresTwoFactor"


def test_a_remembered_browser_is_asked_again_after_a_new_stamp(
    make_user: Any, browser: Browser
) -> None:
    user = make_user(key=KEY)
    give_password(browser)
    give_code(browser, code(), remember_client=True)
    user.refresh_from_db()
    stamps.update_security_stamp(user=user)
    browser.forget_session()
    assert give_password(browser) == "RequiresTwoFactor"


@pytest.mark.parametrize("forgery", ["other_user", "other_salt", "garbage", "huge", "no_stamp"])
def test_a_forged_cookie_remembers_nobody(make_user: Any, browser: Browser, forgery: str) -> None:
    user = make_user("ada", key=KEY)
    eve = make_user("eve", key=KEY)
    salt = "identity_bridge.signin.remembered_browser"
    genuine = {"user": str(user.pk), "stamp": "", "at": 0}

    def remember_eve(request: Any) -> None:
        remembered_browser.remember(request=request, user=eve)

    if forgery == "other_user":
        browser.request(remember_eve)
    else:
        browser.cookies[remembered_browser.COOKIE_NAME] = {
            "other_salt": signing.dumps(genuine),
            "garbage": "garbage:x:y",
            "huge": "x" * 100_000,
            "no_stamp": signing.dumps({"user": str(user.pk)}, salt=salt),
        }[forgery]
    assert give_password(browser) == "RequiresTwoFactor"


def test_the_cookie_shows_neither_stamp_nor_anything_to_scripts(
    make_user: Any, browser: Browser
) -> None:
    user = make_user()
    browser.request(lambda r: remembered_browser.remember(request=r, user=user))
    value = browser.cookies[remembered_browser.COOKIE_NAME]
    assert user.security_stamp not in str(
        signing.loads(value, salt="identity_bridge.signin.remembered_browser")
    )


def test_the_right_password_alone_does_not_reset_the_counter(
    make_user: Any, browser: Browser, configure: Callable[..., None]
) -> None:
    configure(LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS=3)
    make_user(key=KEY)
    answers = []
    for _ in range(3):
        give_password(browser)
        answers.append(give_code(browser, "abcdef"))
    assert answers == ["Failed", "Failed", "LockedOut"]
    assert give_password(browser) == "LockedOut"
