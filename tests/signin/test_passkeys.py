"""Signing in with a passkey, alone and at the second step, and what an attacker tries."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone

from identity_bridge import signals
from identity_bridge.aspnet import passkey_data
from identity_bridge.models import UserPasskey
from identity_bridge.passkeys import library
from identity_bridge.passkeys.errors import PasskeyRefused, PasskeysUnavailable, TooManyPasskeys
from identity_bridge.passkeys.reading import from_base64url, to_base64url
from identity_bridge.signin import (
    flow,
    own_passkeys,
    passkey_ceremonies,
    passkeys,
    remembered_browser,
    sessions,
)
from identity_bridge.signin.rate_limit import RateLimited
from identity_bridge.users.lockout import set_lockout_end
from identity_bridge.users.logins import LoginInfo, add_login
from identity_bridge.users.passkeys import add_or_update_passkey, get_passkeys
from tests.passkeys import vectors
from tests.passkeys.authenticator import BE, BS, UP, UV, Authenticator

from .conftest import KEY, PASSWORD
from .scenarios.browser import Browser

ORIGIN = "https://auth.example.com"
HOST = {"HTTP_HOST": "auth.example.com", "HTTP_ORIGIN": ORIGIN}


def ask(browser: Browser, work: Callable[[Any], Any], **meta: Any) -> Any:
    return browser.request(work, **HOST | meta)


def new_passkey(browser: Browser, user: Any, **device: Any) -> Authenticator:
    """Register one in the real way."""
    made = Authenticator(**device)
    options = ask(browser, lambda r: passkeys.begin_registration(request=r, user=user))
    credential = made.create(options, origin=ORIGIN)
    result = ask(
        browser, lambda r: passkeys.register(request=r, user=user, credential_json=credential)
    )
    assert result.succeeded
    return made


def options_of(browser: Browser) -> Any:
    return ask(browser, lambda r: passkeys.begin_sign_in(request=r))


def sign_in(browser: Browser, credential: str, **meta: Any) -> str:
    return str(
        ask(
            browser,
            lambda r: passkeys.passkey_sign_in(request=r, credential_json=credential),
            **meta,
        )
    )


def second_factor(browser: Browser, credential: str, **options: Any) -> str:
    return str(
        ask(
            browser,
            lambda r: passkeys.passkey_second_factor(
                request=r, credential_json=credential, **options
            ),
        )
    )


def who(browser: Browser) -> Any:
    return ask(browser, lambda r: (r.session.get(SIGNED_IN), r.session.get("_identity_bridge_amr")))


@pytest.fixture
def ada(make_user: Any) -> Any:
    return make_user()


@pytest.fixture
def device(browser: Browser, ada: Any) -> Authenticator:
    return new_passkey(browser, ada)


@pytest.fixture
def sent() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    names = (
        "user_signed_in",
        "user_sign_in_failed",
        "second_factor_used",
        "passkey_added",
        "passkey_renamed",
        "passkey_removed",
    )
    kept: list[tuple[str, dict[str, Any]]] = []
    receivers = []
    for name in names:
        receiver = _keeper(kept, name)
        getattr(signals, name).connect(receiver)
        receivers.append((name, receiver))
    yield kept
    for name, receiver in receivers:
        getattr(signals, name).disconnect(receiver)


def _keeper(kept: list[tuple[str, dict[str, Any]]], name: str) -> Any:
    return lambda sender, **arguments: kept.append((name, arguments))


# As imported


@pytest.mark.contract
@pytest.mark.parametrize("vector", vectors.parameters("passkeys"))
def test_a_row_as_dotnet_wrote_it_signs_in(
    vector: dict[str, Any], browser: Browser, db: None
) -> None:
    user = get_user_model()._default_manager.create(pk=vector["user_id"], username="pascal")
    data = passkey_data.parse(vector["data_json_stj"])
    credential_id = from_base64url(vector["stored"]["credential_id"])
    UserPasskey.objects.create(credential_id=credential_id, user=user, data=data)
    flags = UP | UV | (BE if data.is_backup_eligible else 0) | (BS if data.is_backed_up else 0)
    credential = vectors.authenticator(vector["key"]).get(
        options_of(browser), origin=ORIGIN, flags=flags, count=data.sign_count + 1
    )
    assert sign_in(browser, credential) == "Succeeded"
    assert who(browser) == (str(user.pk), "pwd")
    assert get_passkeys(user=user)[credential_id].sign_count == data.sign_count + 1


# Alone


def test_a_passkey_signs_in_without_the_second_factor(
    make_user: Any, browser: Browser, sent: Any
) -> None:
    ada = make_user(key=KEY)
    device = new_passkey(browser, ada)
    assert [name for name, _ in sent] == ["passkey_added"]
    assert sign_in(browser, device.get(options_of(browser), origin=ORIGIN)) == "Succeeded"
    assert who(browser) == (str(ada.pk), "pwd")
    name, arguments = sent[-1]
    assert (name, arguments["user"], arguments["amr"]) == ("user_signed_in", ada, "pwd")


def test_how_long_to_stay_is_said_by_the_caller(browser: Browser, device: Authenticator) -> None:
    for persistent in (False, True):
        credential = device.get(options_of(browser), origin=ORIGIN)
        ask(
            browser,
            lambda r, c=credential, p=persistent: passkeys.passkey_sign_in(
                request=r, credential_json=c, persistent=p
            ),
        )
        ends = ask(browser, lambda r: r.session.get_expire_at_browser_close())
        assert ends is not persistent


def test_neither_right_nor_wrong_ones_change_the_count_of_failures(
    browser: Browser, ada: Any, device: Authenticator
) -> None:
    ada.access_failed_count = 2
    ada.save()
    for broken in (True, False):
        credential = device.get(options_of(browser), origin=ORIGIN, break_signature=broken)
        assert sign_in(browser, credential) == ("Failed" if broken else "Succeeded")
        ada.refresh_from_db()
        assert ada.access_failed_count == 2


@pytest.mark.parametrize("reason", ["locked", "inactive", "unconfirmed"])
def test_who_may_not_sign_in_does_not(
    browser: Browser, ada: Any, device: Authenticator, configure: Any, sent: Any, reason: str
) -> None:
    match reason:
        case "locked":
            set_lockout_end(user=ada, end=timezone.now() + timedelta(minutes=1))
        case "inactive":
            get_user_model()._default_manager.update(is_active=False)
        case _:
            configure(SIGN_IN_REQUIRE_CONFIRMED_EMAIL=True)
    credential = device.get(options_of(browser), origin=ORIGIN, count=7)
    expected = "LockedOut" if reason == "locked" else "NotAllowed"
    assert sign_in(browser, credential) == expected
    assert who(browser) == (None, None)
    name, arguments = sent[-1]
    assert name == "user_sign_in_failed"
    assert (arguments["user"], arguments["method"]) == (ada, "Passkey")
    assert (str(arguments["result"]), arguments["username"]) == (expected, None)
    assert get_passkeys(user=ada)[device.credential_id].sign_count == 0


def test_a_challenge_works_once_even_in_a_session_that_was_put_back(
    browser: Browser, device: Authenticator
) -> None:
    options = options_of(browser)
    kept = ask(browser, lambda r: r.session[passkey_ceremonies.SESSION_KEY])
    credential = device.get(options, origin=ORIGIN)
    assert sign_in(browser, credential) == "Succeeded"
    assert sign_in(browser, credential) == "Failed"

    def put_back(request: Any) -> None:
        request.session[passkey_ceremonies.SESSION_KEY] = kept

    ask(browser, put_back)
    assert sign_in(browser, credential) == "Failed"
    cache.clear()
    ask(browser, put_back)
    assert sign_in(browser, credential) == "Succeeded"  # so it was the cache that refused


def test_a_wrong_answer_uses_the_challenge_up(browser: Browser, device: Authenticator) -> None:
    options = options_of(browser)
    wrong = device.get(options, origin=ORIGIN, break_signature=True)
    assert sign_in(browser, wrong) == "Failed"
    assert sign_in(browser, device.get(options, origin=ORIGIN)) == "Failed"


def test_a_challenge_is_for_one_browser_and_for_a_time(
    browser: Browser, device: Authenticator, configure: Any
) -> None:
    credential = device.get(options_of(browser), origin=ORIGIN)
    assert sign_in(Browser(), credential) == "Failed"
    browser.offset += 301
    assert sign_in(browser, credential) == "Failed"


def test_the_time_for_a_ceremony_is_a_setting(
    browser: Browser, device: Authenticator, configure: Any
) -> None:
    configure(PASSKEY_TIMEOUT=timedelta(seconds=20))
    options = options_of(browser)
    assert options["timeout"] == 20_000
    browser.offset += 21
    assert sign_in(browser, device.get(options, origin=ORIGIN)) == "Failed"


def test_the_domain_is_a_setting(browser: Browser, ada: Any, configure: Any) -> None:
    configure(PASSKEY_SERVER_DOMAIN="example.com")
    device = new_passkey(browser, ada)
    options = options_of(browser)
    assert options["rpId"] == "example.com"
    assert sign_in(browser, device.get(options, origin=ORIGIN)) == "Succeeded"
    configure(PASSKEY_SERVER_DOMAIN=None)
    options = options_of(browser)
    assert options["rpId"] == "auth.example.com"
    assert sign_in(browser, device.get(options | {"rpId": "example.com"}, origin=ORIGIN)) == (
        "Failed"
    )


@pytest.mark.parametrize("wanted", ["required", "preferred", "discouraged"])
def test_verification_of_the_user_is_a_setting(
    browser: Browser, device: Authenticator, configure: Any, wanted: str
) -> None:
    configure(PASSKEY_USER_VERIFICATION=wanted)
    options = options_of(browser)
    assert options["userVerification"] == wanted
    result = sign_in(browser, device.get(options, origin=ORIGIN, flags=UP))
    assert result == ("Failed" if wanted == "required" else "Succeeded")


@pytest.mark.parametrize("wanted", ["required", "preferred", "discouraged"])
def test_discoverable_keys_are_a_setting(
    browser: Browser, ada: Any, configure: Any, wanted: str
) -> None:
    configure(PASSKEY_RESIDENT_KEY=wanted)
    options = ask(browser, lambda r: passkeys.begin_registration(request=r, user=ada))
    selection = options["authenticatorSelection"]
    assert selection["residentKey"] == wanted
    assert selection["requireResidentKey"] is (wanted == "required")


def test_two_open_pages_do_not_disturb_each_other(browser: Browser, device: Authenticator) -> None:
    pages = [options_of(browser) for _page in range(passkey_ceremonies.MAX_PENDING + 1)]
    assert sign_in(browser, device.get(pages[-1], origin=ORIGIN)) == "Succeeded"
    assert sign_in(browser, device.get(pages[1], origin=ORIGIN)) == "Succeeded"
    assert sign_in(browser, device.get(pages[0], origin=ORIGIN)) == "Failed"  # pushed out


@pytest.mark.parametrize(
    ("host", "origin", "works"),
    [
        ("auth.example.com", "https://auth.example.com", True),
        ("auth.example.com:8443", "https://auth.example.com:8443", True),
        ("localhost:8000", "http://localhost:8000", True),
        ("shop.localhost:8000", "http://shop.localhost:8000", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("auth.example.com", "http://auth.example.com", False),
        ("auth.example.com", "https://evil.example", False),
        ("auth.example.com", "https://auth.example.com.evil.example", False),
        ("auth.example.com", "null", False),
        ("auth.example.com", "", False),
        ("auth.example.com", "https://[", False),
        ("auth.example.com", "https://auth.example.com,https://auth.example.com", False),
        ("localhost.evil.example", "http://localhost.evil.example", False),
    ],
)
def test_the_page_must_be_of_this_site(
    browser: Browser, ada: Any, host: str, origin: str, works: bool
) -> None:
    meta = {"HTTP_HOST": host, "HTTP_ORIGIN": origin}
    device = Authenticator()
    options = browser.request(
        lambda r: passkeys.begin_registration(request=r, user=ada), HTTP_HOST=host
    )
    credential = device.create(options, origin=origin)

    def register(request: Any) -> bool:
        try:
            return bool(
                passkeys.register(request=request, user=ada, credential_json=credential).succeeded
            )
        except PasskeyRefused:
            return False

    assert browser.request(register, **meta) is works


def test_of_two_uses_at_one_moment_one_is_refused(
    browser: Browser, ada: Any, device: Authenticator
) -> None:
    found = []
    for _use in range(2):
        credential = device.get(options_of(browser), origin=ORIGIN, count=5)
        found.append(
            ask(
                browser,
                lambda r, c=credential: passkeys.perform_assertion(request=r, credential_json=c),
            )
        )
    results = [
        add_or_update_passkey(user=one.user, credential_id=one.credential_id, data=one.passkey)
        for one in found
    ]
    assert [result.succeeded for result in results] == [True, False]
    assert results[1].errors[0].code == "ConcurrencyFailure"


def test_a_cloned_authenticator_is_noticed(browser: Browser, device: Authenticator) -> None:
    for count, expected in ((5, "Succeeded"), (5, "Failed"), (4, "Failed"), (6, "Succeeded")):
        credential = device.get(options_of(browser), origin=ORIGIN, count=count)
        assert sign_in(browser, credential) == expected


def test_nobody_signs_in_as_another(browser: Browser, make_user: Any) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    new_passkey(browser, ada)
    mine = new_passkey(browser, eve)
    for handle in (to_base64url(str(ada.pk).encode()), None, "", to_base64url(b"\xff")):
        credential = mine.get(options_of(browser), origin=ORIGIN, userHandle=handle)
        assert sign_in(browser, credential) == "Failed"
    assert who(browser) == (None, None)


def test_somebody_else_who_was_signed_in_is_signed_out(browser: Browser, make_user: Any) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    device = new_passkey(browser, ada)
    ask(browser, lambda r: sessions.sign_in(request=r, user=eve))
    assert sign_in(browser, device.get(options_of(browser), origin=ORIGIN)) == "Succeeded"
    assert who(browser)[0] == str(ada.pk)


def test_an_address_has_so_many_attempts(
    browser: Browser, device: Authenticator, configure: Any
) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(2, 86_400))
    for _attempt in range(2):
        assert sign_in(browser, "{}") == "Failed"
    with pytest.raises(RateLimited):
        sign_in(browser, device.get(options_of(browser), origin=ORIGIN))


def test_the_log_says_why_and_no_more(
    browser: Browser, device: Authenticator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="identity_bridge.signin.passkeys"):
        sign_in(browser, device.get(options_of(browser), origin="https://evil.example/\n\x1b[2J"))
    (record,) = (one for one in caplog.records if one.name.endswith("passkeys"))
    assert "evil.example" in record.getMessage()
    assert record.getMessage().isprintable()


# At the second step


@pytest.fixture
def elena(make_user: Any) -> Any:
    return make_user("elena", key=KEY)


def half(browser: Browser, name: str = "elena") -> Any:
    """Give the right password, and return the options for the second step."""
    answer = ask(
        browser,
        lambda r: flow.password_sign_in(request=r, username=name, password=PASSWORD),
    )
    assert answer.requires_two_factor
    return ask(browser, lambda r: passkeys.begin_second_factor(request=r))


def test_a_passkey_is_a_second_factor(browser: Browser, elena: Any, sent: Any) -> None:
    device = new_passkey(browser, elena)
    options = half(browser)
    assert [one["id"] for one in options["allowCredentials"]] == [
        to_base64url(device.credential_id)
    ]
    assert who(browser) == (None, None)
    assert second_factor(browser, device.get(options, origin=ORIGIN, count=1)) == "Succeeded"
    assert who(browser) == (str(elena.pk), "mfa")
    name, arguments = sent[-1]
    assert (name, arguments["provider"], arguments["user"]) == (
        "second_factor_used",
        "Passkey",
        elena,
    )
    assert get_passkeys(user=elena)[device.credential_id].sign_count == 1


def test_the_second_step_forgets_failed_attempts_and_may_remember_the_browser(
    browser: Browser, elena: Any
) -> None:
    device = new_passkey(browser, elena)
    elena.access_failed_count = 2
    elena.save()
    credential = device.get(half(browser), origin=ORIGIN)
    assert second_factor(browser, credential, remember_client=True) == "Succeeded"
    elena.refresh_from_db()
    assert elena.access_failed_count == 0
    assert remembered_browser.COOKIE_NAME in browser.cookies


def test_wrong_passkeys_at_the_second_step_lock_the_account(
    browser: Browser, elena: Any, sent: Any
) -> None:
    device = new_passkey(browser, elena)
    half(browser)
    answers = [second_factor(browser, "{}") for _attempt in range(5)]
    assert answers == ["Failed"] * 4 + ["LockedOut"]
    name, arguments = sent[-1]
    assert (name, arguments["method"]) == ("user_sign_in_failed", "Passkey")
    options = ask(browser, lambda r: passkeys.begin_second_factor(request=r))
    assert second_factor(browser, device.get(options, origin=ORIGIN)) == "LockedOut"


def test_the_second_step_takes_only_the_passkey_of_who_gave_the_password(
    browser: Browser, elena: Any, ada: Any
) -> None:
    new_passkey(browser, elena)
    others = new_passkey(browser, ada)
    for handle in (None, to_base64url(str(elena.pk).encode()), to_base64url(str(ada.pk).encode())):
        credential = others.get(half(browser), origin=ORIGIN, userHandle=handle)
        assert second_factor(browser, credential) == "Failed"
    assert who(browser) == (None, None)


def test_each_challenge_is_for_its_step(browser: Browser, elena: Any) -> None:
    device = new_passkey(browser, elena)
    step = half(browser)
    alone = options_of(browser)
    assert second_factor(browser, device.get(alone, origin=ORIGIN)) == "Failed"
    assert sign_in(browser, device.get(step, origin=ORIGIN)) == "Failed"
    creation = ask(browser, lambda r: passkeys.begin_registration(request=r, user=elena))
    used = {"challenge": creation["challenge"], "rpId": creation["rp"]["id"]}
    assert sign_in(browser, device.get(used, origin=ORIGIN)) == "Failed"


def test_without_the_password_there_is_no_second_step(browser: Browser, elena: Any) -> None:
    device = new_passkey(browser, elena)
    assert ask(browser, lambda r: passkeys.begin_second_factor(request=r)) is None
    assert second_factor(browser, device.get(options_of(browser), origin=ORIGIN)) == "Failed"


def test_a_passkey_alone_asks_for_no_second_step(browser: Browser, make_user: Any) -> None:
    ada = make_user(two_factor_enabled=True)
    new_passkey(browser, ada)
    answer = ask(
        browser, lambda r: flow.password_sign_in(request=r, username="ada", password=PASSWORD)
    )
    assert answer.succeeded


# Registration


def test_a_registration_is_of_the_user_who_began_it(browser: Browser, make_user: Any) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    options = ask(browser, lambda r: passkeys.begin_registration(request=r, user=eve))
    credential = Authenticator().create(options, origin=ORIGIN)
    with pytest.raises(PasskeyRefused, match="another user"):
        ask(browser, lambda r: passkeys.register(request=r, user=ada, credential_json=credential))


def test_a_credential_is_of_one_user(browser: Browser, make_user: Any) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    known = new_passkey(browser, ada)
    with pytest.raises(PasskeyRefused, match="already registered"):
        new_passkey(browser, eve, credential_id=known.credential_id)


def test_a_user_has_so_many(browser: Browser, ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 2)
    late = ask(browser, lambda r: passkeys.begin_registration(request=r, user=ada))
    for _passkey in range(2):
        new_passkey(browser, ada)
    with pytest.raises(TooManyPasskeys):
        ask(browser, lambda r: passkeys.begin_registration(request=r, user=ada))
    credential = Authenticator().create(late, origin=ORIGIN)
    with pytest.raises(TooManyPasskeys):
        ask(browser, lambda r: passkeys.register(request=r, user=ada, credential_json=credential))


def test_without_the_library_a_sign_in_fails_and_the_rest_says_why(
    browser: Browser, ada: Any, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = device.get(options_of(browser), origin=ORIGIN)
    monkeypatch.setattr(library, "is_available", lambda: False)
    assert sign_in(browser, credential) == "Failed"
    for begin in (
        lambda r: passkeys.begin_sign_in(request=r),
        lambda r: passkeys.begin_registration(request=r, user=ada),
    ):
        with pytest.raises(PasskeysUnavailable):
            ask(browser, begin)


# Rename and remove


def test_rename_and_remove(browser: Browser, ada: Any, device: Authenticator, sent: Any) -> None:
    stamp = ada.security_stamp
    given = {"user": ada, "credential_id": device.credential_id}
    ask(browser, lambda r: own_passkeys.rename(request=r, name="my phone", **given))
    assert get_passkeys(user=ada)[device.credential_id].name == "my phone"
    ask(browser, lambda r: own_passkeys.remove(request=r, **given))
    assert get_passkeys(user=ada) == {}
    assert [name for name, _ in sent[-2:]] == ["passkey_renamed", "passkey_removed"]
    ada.refresh_from_db()
    assert ada.security_stamp == stamp
    assert ask(browser, lambda r: own_passkeys.rename(request=r, name="x", **given)) is None


@pytest.mark.parametrize("other", ["password", "login", "passkey", "login of nobody", None])
def test_the_last_way_in_stays(browser: Browser, ada: Any, other: str | None) -> None:
    device = new_passkey(browser, ada)
    if other != "password":
        ada.set_unusable_password()
        ada.save()
    if other in ("login", "login of nobody"):
        name = "Google" if other == "login" else "Gone"
        add_login(user=ada, login=LoginInfo(login_provider=name, provider_key="1"))
    if other == "passkey":
        new_passkey(browser, ada)
    result = ask(
        browser,
        lambda r: own_passkeys.remove(
            request=r, user=ada, credential_id=device.credential_id, usable={"Google"}
        ),
    )
    is_removed = result is not None and result.succeeded
    assert is_removed is (other in ("password", "login", "passkey"))


def test_of_the_last_two_one_stays_though_both_are_removed_at_once(
    browser: Browser, ada: Any
) -> None:
    ada.set_unusable_password()
    ada.save()
    devices = [new_passkey(browser, ada), new_passkey(browser, ada)]
    users = [get_user_model()._default_manager.get(pk=ada.pk) for _tab in devices]
    results = [
        ask(
            browser,
            lambda r, u=user, d=device: own_passkeys.remove(
                request=r, user=u, credential_id=d.credential_id
            ),
        )
        for user, device in zip(users, devices, strict=True)
    ]
    assert [result is not None and result.succeeded for result in results] == [True, False]
    assert len(get_passkeys(user=ada)) == 1
