"""Setting an authenticator app up: what is stored, when, and what is not."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from identity_bridge.aspnet.one_time_codes import decode_authenticator_key, totp_code
from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER
from identity_bridge.signin import authenticator_setup, clock
from tests.account.conftest import KEY, LOGIN, PASSWORD, PROFILE, code_now, credentials

PAGE = "/account/second-factor/authenticator/"
OVERVIEW = "/account/second-factor/"


def key_shown(client: Client) -> str:
    text = client.get(PAGE).content.decode()
    found = re.search(r'<code class="key">([a-z2-7 ]+)</code>', text)
    assert found
    return found[1].replace(" ", "").upper()


def code_of(key: str, step: int = 0) -> str:
    return f"{totp_code(decode_authenticator_key(key), int(time.time()) // 30 + step):06}"


def stored_key(user: User) -> str | None:
    tokens = UserToken.objects.filter(user=user, login_provider=INTERNAL_PROVIDER)
    return tokens.filter(name=AUTHENTICATOR_KEY).values_list("value", flat=True).first()


@pytest.fixture
def signed_in(client: Client, hamid: User) -> Client:
    client.post(LOGIN, credentials("hamid"))
    return client


def test_the_first_code_switches_the_second_factor_on_and_brings_ten_codes(
    signed_in: Client, hamid: User
) -> None:
    other = Client()
    other.post(LOGIN, credentials("hamid"))
    key = key_shown(signed_in)
    assert key_shown(signed_in) == key
    assert stored_key(hamid) is None
    answer = signed_in.post(PAGE, {"code": code_of(key)})
    codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    hamid.refresh_from_db()
    assert hamid.two_factor_enabled
    assert stored_key(hamid) == key
    assert signed_in.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302  # a new stamp ends the others
    fresh = Client()
    assert fresh.post(LOGIN, credentials("hamid"))["Location"].startswith("/account/two-factor/")
    # The code that finished the set-up is used up; a recovery code lets in.
    assert fresh.post("/account/two-factor/", {"code": code_of(key)}).status_code == 200
    assert fresh.post("/account/recovery-code/", {"code": codes[0]}).status_code == 302


@pytest.mark.parametrize(
    "given",
    [{}, {"code": ""}, {"code": "000000"}, {"code": "x" * 100_000}, {"code": "\x00"},
     {"code": b"\xff\xfe"}, {"code": "١٢٣٤٥٦"}],
)  # fmt: skip
def test_a_wrong_code_changes_nothing(signed_in: Client, hamid: User, given: Any) -> None:
    stamp = hamid.security_stamp
    key = key_shown(signed_in)
    answer = signed_in.post(PAGE, given)
    assert answer.status_code == 200
    assert "This code is not right." in answer.content.decode()
    hamid.refresh_from_db()
    assert (hamid.two_factor_enabled, hamid.security_stamp) == (False, stamp)
    assert stored_key(hamid) is None
    assert key_shown(signed_in) == key


def test_the_old_app_works_until_the_new_one_has_shown_a_code(
    client: Client, elena: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(LOGIN, credentials("elena"))
    client.post("/account/two-factor/", {"code": code_now()})
    key = key_shown(client)
    assert key != KEY
    assert stored_key(elena) == KEY
    answer = client.post(PAGE, {"code": code_of(key)})
    assert answer["Location"] == OVERVIEW  # recovery codes there were: none are made
    assert stored_key(elena) == key
    elena.refresh_from_db()
    assert elena.two_factor_enabled


def test_whoever_switches_on_again_finds_the_key_the_app_still_has(
    client: Client, elena: User
) -> None:
    client.post(LOGIN, credentials("elena"))
    client.post("/account/two-factor/", {"code": code_now()})
    client.post(f"{OVERVIEW}switch/", {"enabled": "0"})
    assert key_shown(client) == KEY
    client.post(PAGE, {"renew": "1"})
    renewed = key_shown(client)
    assert renewed != KEY
    assert stored_key(elena) == KEY


def test_the_key_of_somebody_else_in_the_session_is_not_taken(
    signed_in: Client, elena: User, hamid: User
) -> None:
    key = key_shown(signed_in)
    session = signed_in.session
    session[authenticator_setup.SESSION_KEY] |= {"user": str(elena.pk)}
    session.save()
    answer = signed_in.post(PAGE, {"code": code_of(key)})
    assert "This code is not right." in answer.content.decode()


@pytest.mark.parametrize(
    "state", ["text", [], {}, {"user": 1}, {"key": 5, "at": "x"}, {"key": "!", "at": 0}]
)
def test_whatever_stands_in_the_session_the_page_answers(
    signed_in: Client, hamid: User, state: Any
) -> None:
    session = signed_in.session
    if isinstance(state, dict):
        state = {"user": str(hamid.pk)} | state
    session[authenticator_setup.SESSION_KEY] = state
    session.save()
    assert signed_in.post(PAGE, {"code": "123456"}).status_code == 200


def test_a_key_waits_half_an_hour(
    signed_in: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IDENTITY_BRIDGE = {"REAUTHENTICATE_AFTER": timedelta.max}
    key = key_shown(signed_in)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + authenticator_setup.MAX_AGE_SECONDS + 1)
    answer = signed_in.post(PAGE, {"code": code_of(key)})
    assert "This code is not right." in answer.content.decode()
    assert key_shown(signed_in) != key


@pytest.mark.parametrize("stored", ["", "short", "not base32!", "AAAA"])
def test_a_stored_key_no_app_can_have_is_replaced(
    signed_in: Client, hamid: User, stored: str
) -> None:
    UserToken.objects.create(
        user=hamid, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY, value=stored
    )
    assert len(key_shown(signed_in)) == 32


def test_the_app_shows_the_name_that_is_set(signed_in: Client, settings: Any) -> None:
    def issuer() -> list[str]:
        text = signed_in.get(PAGE).content.decode()
        found = re.search(r'href="(otpauth://[^"]+)"', text)
        assert found
        return parse_qs(urlsplit(unescape(found[1])).query)["issuer"]

    assert issuer() == ["testserver"]
    settings.IDENTITY_BRIDGE = {"AUTHENTICATOR_ISSUER": "Harbor & Sons"}
    assert issuer() == ["Harbor & Sons"]


def test_the_picture_holds_the_address_of_the_key(signed_in: Client) -> None:
    text = signed_in.get(PAGE).content.decode()
    assert 'src="data:image/svg+xml' in text
    assert "stroke" in text
    assert PASSWORD not in text


def test_a_name_too_long_for_a_picture_leaves_the_key(signed_in: Client, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"USER_ALLOWED_USER_NAME_CHARACTERS": ""}
    User.objects.filter(username="hamid").update(email=None, username="😀" * 190)
    text = signed_in.get(PAGE).content.decode()
    assert 'class="qr"' not in text
    assert "Type this key into the app:" in text
    assert key_shown(signed_in)


def test_guessing_the_first_code_is_limited(signed_in: Client, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (3, 86_400)}
    answers = [signed_in.post(PAGE, {"code": "000000"}).status_code for _ in range(5)]
    assert answers[-1] == 429
