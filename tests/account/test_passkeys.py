"""The pages of passkeys: sign-in, second step, and the own ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.checks import run_checks
from django.core.serializers import serialize
from django.db import connection
from django.test import Client

from identity_bridge.account.parts import Part, is_on
from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.aspnet.passkey_data import UnreadablePasskey
from identity_bridge.checks import CheckId
from identity_bridge.models import User, UserPasskey
from identity_bridge.passkeys import library
from identity_bridge.passkeys.reading import to_base64url
from identity_bridge.signin import clock, passkeys
from identity_bridge.signin.rate_limit import CHALLENGES_PER_ATTEMPT
from identity_bridge.users.lockout import set_lockout_end
from tests.passkeys.authenticator import Authenticator

from .conftest import LOGIN, PASSWORD, PROFILE, TWO_FACTOR, code_now, credentials

OWN = "/account/passkeys/"
ADD = f"{OWN}add/"
SIGN_IN = f"{OWN}sign-in/"
STEP = f"{OWN}second-step/"
ORIGIN = "https://testserver"
MARKUP = "data-passkey"


def post(client: Client, path: str, data: Any = None, **meta: Any) -> Any:
    return client.post(path, data or {}, HTTP_ORIGIN=ORIGIN, secure=True, **meta)


def options(client: Client, path: str) -> Any:
    answer = post(client, f"{path}options/")
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    return answer.json()


def added(user: User, name: str = "") -> Authenticator:
    client, device = Client(), Authenticator()
    client.force_login(user)
    credential = device.create(options(client, ADD), origin=ORIGIN)
    answer = post(client, ADD, {"credential": credential, "name": name})
    assert (answer.status_code, answer["Location"]) == (302, OWN)
    user.refresh_from_db()
    return device


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def device(hamid: User) -> Authenticator:
    return added(hamid, "my phone")


# Signing in


def test_the_sign_in_page_offers_it_and_needs_no_script_of_its_own(client: Client, db: Any) -> None:
    page = client.get(f"{LOGIN}?next=/account/").content.decode()
    assert f'action="{SIGN_IN}" hidden data-passkey="get"' in page
    assert page.count("passkeys.js") == 1
    assert page.count('<input type="hidden" name="next" value="/account/">') == 2
    assert "<script>" not in page
    assert "onclick" not in page


def test_a_passkey_signs_in_and_leads_on(client: Client, device: Authenticator) -> None:
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN)
    answer = post(client, SIGN_IN, {"credential": credential, "next": "/account/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/?x=1")
    assert client.session.get_expire_at_browser_close()
    assert client.get(PROFILE).status_code == 200


def test_the_choice_to_stay_signed_in_is_kept(client: Client, device: Authenticator) -> None:
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN)
    post(client, SIGN_IN, {"credential": credential, "remember_me": "on"})
    assert not client.session.get_expire_at_browser_close()


def test_it_leads_nowhere_else(client: Client, device: Authenticator) -> None:
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN)
    answer = post(client, SIGN_IN, {"credential": credential, "next": "https://evil.example/"})
    assert answer["Location"] == PROFILE


def test_the_options_name_nobody(client: Client, device: Authenticator, hamid: User) -> None:
    asked = post(client, f"{SIGN_IN}options/", {"username": "hamid"}).json()
    assert asked["allowCredentials"] == []


def test_a_wrong_one_is_said_on_the_sign_in_page(client: Client, device: Authenticator) -> None:
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN, break_signature=True)
    answer = post(client, SIGN_IN, {"credential": credential, "next": "/account/"})
    assert answer["Location"] == f"{LOGIN}?next=%2Faccount%2F"
    assert "did not sign you in" in client.get(answer["Location"], secure=True).content.decode()
    assert client.get(PROFILE).status_code == 302


def test_a_locked_account_is_told_so(client: Client, device: Authenticator, hamid: User) -> None:
    set_lockout_end(user=hamid, end=MAX_VALUE)
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN)
    page = post(client, SIGN_IN, {"credential": credential}).content.decode()
    assert "<h1>Account locked</h1>" in page
    assert "This account is locked. Try again later." in page


@pytest.mark.parametrize("credential", ["", "{}", "\x00", "x" * 70_000, b"\xff", "[" * 60_000, "0"])
@pytest.mark.parametrize("path", [SIGN_IN, STEP, ADD])
def test_bad_input_signs_nobody_in(client: Client, elena: User, path: str, credential: Any) -> None:
    if path == STEP:
        client.post(LOGIN, credentials("elena"))
    if path == ADD:
        client.force_login(elena)
    answer = post(client, path, {"credential": credential, "name": "\x00", "next": "\x00"})
    assert answer.status_code in (200, 302)
    assert not UserPasskey.objects.exists()
    if path != ADD:
        assert client.get(PROFILE).status_code == 302


@pytest.mark.parametrize("path", [f"{SIGN_IN}options/", SIGN_IN, STEP, ADD, f"{ADD}options/"])
def test_a_form_of_another_site_is_refused(path: str, hamid: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hamid)
    assert strict.post(path, {"credential": "{}"}).status_code == 403


@pytest.mark.parametrize("path", [f"{SIGN_IN}options/", f"{ADD}options/", f"{STEP}options/"])
def test_options_are_for_posts(client: Client, hamid: User, path: str) -> None:
    client.force_login(hamid)
    assert client.get(path).status_code == 405


def test_too_many_are_told_to_wait(client: Client, device: Authenticator, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ADDRESS": (2, 86_400)}
    for _attempt in range(2):
        assert post(client, SIGN_IN, {"credential": "{}"}).status_code == 302
    for _look in range(2 * CHALLENGES_PER_ATTEMPT):
        options(client, SIGN_IN)
    answer = post(client, SIGN_IN, {"credential": "{}"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    answer = post(client, f"{SIGN_IN}options/")
    assert answer.status_code == 429
    assert "wait" in answer.json()["detail"]


# The second step


def test_the_second_step_offers_it_to_those_who_have_one(client: Client, elena: User) -> None:
    client.post(LOGIN, credentials("elena"))
    assert MARKUP not in client.get(TWO_FACTOR).content.decode()
    added(elena)
    assert "Use a passkey" in client.get(TWO_FACTOR).content.decode()


def test_a_passkey_finishes_the_second_step(client: Client, elena: User) -> None:
    device = added(elena)
    wanted = credentials("elena", remember_me="on", next="/account/?x=1")
    address = client.post(LOGIN, wanted)["Location"]
    query = address.partition("?")[2]
    page = client.get(address).content.decode()
    assert f"{STEP}?{query}".replace("&", "&amp;") in page
    credential = device.get(options(client, STEP), origin=ORIGIN)
    answer = post(client, f"{STEP}?{query}", {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, "/account/?x=1")
    assert not client.session.get_expire_at_browser_close()
    assert client.get(PROFILE).status_code == 200


def test_a_wrong_one_is_said_on_the_page_of_all_ways(client: Client, elena: User) -> None:
    device = added(elena)
    client.post(LOGIN, credentials("elena"))
    credential = device.get(options(client, STEP), origin=ORIGIN, break_signature=True)
    answer = post(client, STEP, {"credential": credential})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "did not sign you in" in page
    assert client.post(TWO_FACTOR, {"code": code_now()}).status_code == 302


def test_five_wrong_ones_lock_the_account(client: Client, elena: User) -> None:
    client.post(LOGIN, credentials("elena"))
    for _attempt in range(4):
        assert "did not sign" in post(client, STEP, {"credential": "{}"}).content.decode()
    assert "locked until" in post(client, STEP, {"credential": "{}"}).content.decode()


def test_nobody_begins_at_the_second_step(client: Client, db: Any) -> None:
    assert post(client, STEP, {"credential": "{}"})["Location"] == LOGIN
    answer = post(client, f"{STEP}options/")
    assert answer.status_code == 403
    assert "sign in again" in answer.json()["detail"]


def test_somebody_with_nothing_else_is_not_sent_to_an_administrator(
    client: Client, hamid: User
) -> None:
    hamid.two_factor_enabled = hamid.phone_number_confirmed = True
    hamid.phone_number = "+15551234"
    hamid.save()
    added(hamid)
    assert client.post(LOGIN, credentials("hamid"))["Location"] == TWO_FACTOR
    page = client.get(TWO_FACTOR).content.decode()
    assert "use your passkey" in page
    assert "administrator" not in page


# The own ones


def test_the_list_names_them(client: Client, hamid: User, device: Authenticator) -> None:
    client.force_login(hamid)
    page = client.get(OWN).content.decode()
    assert "my phone" in page
    assert "synced" not in page
    assert f"{OWN}rename/{to_base64url(device.credential_id)}/" in page
    row = UserPasskey.objects.get()
    row.data = replace(row.data, is_backed_up=True, name=None)
    row.save()
    page = client.get(OWN).content.decode()
    assert "Unnamed passkey" in page
    assert "synced" in page


def test_the_page_of_a_new_one_needs_a_script_and_says_so(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    page = client.get(ADD).content.decode()
    assert "<noscript>" in page
    assert 'data-passkey="create"' in page
    assert '<button type="submit" disabled>' in page


def test_one_that_proves_nothing_is_not_added(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    credential = Authenticator().create(options(client, ADD), origin="https://evil.example")
    answer = post(client, ADD, {"credential": credential, "name": "mine"})
    assert answer.status_code == 200
    assert "could not be added" in answer.content.decode()
    assert 'value="mine"' in answer.content.decode()
    assert not UserPasskey.objects.exists()


def test_there_is_an_end_to_adding(
    client: Client, hamid: User, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MAX_PASSKEYS", 1)
    client.force_login(hamid)
    assert ADD not in client.get(OWN).content.decode()
    answer = post(client, f"{ADD}options/")
    assert answer.status_code == 409
    assert "Remove one" in answer.json()["detail"]


def test_the_same_device_is_told_apart_by_its_browser(
    client: Client, hamid: User, device: Authenticator
) -> None:
    client.force_login(hamid)
    asked = options(client, ADD)
    known = [one["id"] for one in asked["excludeCredentials"]]
    assert known == [to_base64url(device.credential_id)]


def test_an_id_that_is_too_long_is_said(client: Client, db: Any) -> None:
    client.force_login(User.objects.create_user("long", None, PASSWORD, id="x" * 65))
    answer = post(client, f"{ADD}options/")
    assert answer.status_code == 409
    assert "too long" in answer.json()["detail"]


def test_rename(client: Client, hamid: User, device: Authenticator) -> None:
    client.force_login(hamid)
    address = f"{OWN}rename/{to_base64url(device.credential_id)}/"
    assert 'value="my phone"' in client.get(address).content.decode()
    assert client.post(address, {"name": "<b>key</b>"})["Location"] == OWN
    assert "&lt;b&gt;key&lt;/b&gt;" in client.get(OWN).content.decode()
    for bad in ("x" * 201, "\x00"):
        answer = client.post(address, {"name": bad})
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in answer.content.decode()
    assert client.post(address, {"name": ""})["Location"] == OWN
    assert UserPasskey.objects.get().data.name is None


def test_remove(client: Client, hamid: User, device: Authenticator) -> None:
    client.force_login(hamid)
    address = f"{OWN}remove/{to_base64url(device.credential_id)}/"
    assert "my phone" in client.get(address).content.decode()
    assert UserPasskey.objects.exists()
    assert client.post(address)["Location"] == OWN
    assert not UserPasskey.objects.exists()
    assert client.post(address).status_code == 404


def test_the_last_way_in_is_not_removed(client: Client, hamid: User, device: Authenticator) -> None:
    hamid.set_unusable_password()
    hamid.save()
    client.force_login(hamid)
    address = f"{OWN}remove/{to_base64url(device.credential_id)}/"
    for answer in (client.get(address), client.post(address)):
        page = answer.content.decode()
        assert "only way to sign in" in page
        assert '<button type="submit">Remove</button>' not in page
    assert UserPasskey.objects.exists()


@pytest.mark.parametrize("verb", ["rename", "remove"])
def test_those_of_others_are_not_there(
    client: Client, elena: User, device: Authenticator, verb: str
) -> None:
    client.force_login(elena)
    for key in (to_base64url(device.credential_id), "AA", "====", "%00", "x" * 3000):
        for answer in (client.get(f"{OWN}{verb}/{key}/"), client.post(f"{OWN}{verb}/{key}/")):
            assert answer.status_code == 404
    assert UserPasskey.objects.get().data.name == "my phone"


@pytest.mark.parametrize("path", [OWN, ADD, f"{OWN}rename/AA/", f"{OWN}remove/AA/"])
def test_they_are_for_somebody_signed_in(client: Client, db: Any, path: str) -> None:
    assert client.get(path)["Location"] == f"{LOGIN}?next={path}"


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_an_old_session_signs_in_again_before_it_adds_or_removes_one(
    client: Client,
    hamid: User,
    device: Authenticator,
    verb: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client.post(LOGIN, credentials("hamid"))
    late = options(client, ADD)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 31 * 60)
    key = to_base64url(device.credential_id)
    address = ADD if verb == "add" else f"{OWN}remove/{key}/"
    assert client.get(address)["Location"] == f"{LOGIN}?next={address}"
    credential = Authenticator().create(late, origin=ORIGIN)
    answer = post(client, address, {"credential": credential})
    assert answer["Location"] == f"{LOGIN}?next={OWN}"
    assert UserPasskey.objects.count() == 1
    assert post(client, f"{ADD}options/").status_code == 302


# Switched off


@pytest.mark.parametrize("why", ["setting", "library"])
def test_what_is_off_is_not_there(
    client: Client, elena: User, settings: Any, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    added(elena)
    if why == "setting":
        settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": ["passkeys"]}
    else:
        monkeypatch.setattr(library, "is_available", lambda: False)
    assert MARKUP not in client.get(LOGIN).content.decode()
    for path in (SIGN_IN, f"{SIGN_IN}options/", f"{STEP}options/"):
        assert post(client, path).status_code == 404
    client.post(LOGIN, credentials("elena"))
    assert MARKUP not in client.get(TWO_FACTOR).content.decode()
    client.force_login(elena)
    assert OWN not in client.get(PROFILE).content.decode()
    for path in (OWN, ADD):
        assert client.get(path).status_code == 404


def test_a_missing_library_is_reported_unless_nobody_wants_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reported() -> bool:
        return CheckId.PASSKEYS_UNAVAILABLE in [message.id for message in run_checks()]

    assert not reported()
    monkeypatch.setattr(library, "is_available", lambda: False)
    assert reported()
    assert not is_on(Part.PASSKEYS)
    settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": ["passkeys"]}
    assert not reported()


def test_options_are_the_json_of_dotnet(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    text = post(client, f"{ADD}options/").content.decode()
    assert list(json.loads(text)) == [
        "rp",
        "user",
        "challenge",
        "pubKeyCredParams",
        "timeout",
        "excludeCredentials",
        "authenticatorSelection",
        "hints",
        "attestationFormats",
    ]


# Rows that somebody spoilt

SPOILT = ["", "garbage", "null", "[]", "{}", '{"Name": 7}', '"text"', "NaN", "[" * 5000]


def spoil(user: User, text: str, credential_id: bytes = b"spoilt") -> None:
    """Write what no passkey is where the database takes it: JSON columns refuse what is no JSON."""
    if connection.vendor != "sqlite":
        try:
            json.loads(text, parse_constant=int)
        except (ValueError, RecursionError):
            pytest.skip(f"a JSON column of {connection.vendor} refuses it")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {connection.ops.quote_name('AspNetUserPasskeys')}"
            f" ({', '.join(map(connection.ops.quote_name, ('CredentialId', 'UserId', 'Data')))})"
            " VALUES (%s, %s, %s)",
            [credential_id, str(user.pk), text],
        )


@pytest.mark.parametrize("text", SPOILT)
def test_a_spoilt_row_hides_no_other_passkey(client: Client, hamid: User, text: str) -> None:
    device = added(hamid, "my phone")
    spoil(hamid, text)
    client.force_login(hamid)
    own = client.get(OWN).content.decode()
    assert "my phone" in own
    assert "Damaged passkey" in own
    key = to_base64url(b"spoilt")
    assert f"remove/{key}/" in own
    assert f"rename/{key}/" not in own
    assert client.get(f"{OWN}rename/{key}/").status_code == 404
    for path in (PROFILE, "/account/second-factor/"):
        assert client.get(path).status_code == 200
    download = client.post("/account/personal-data/download/", {"password": PASSWORD})
    assert [one["Name"] for one in download.json()["Passkeys"]] == ["my phone"]
    other = Client()
    credential = device.get(options(other, SIGN_IN), origin=ORIGIN)
    assert post(other, SIGN_IN, {"credential": credential}).status_code == 302


def test_a_spoilt_row_can_be_removed_and_is_no_way_in(client: Client, hamid: User) -> None:
    device = added(hamid)
    spoil(hamid, "{}")
    hamid.set_unusable_password()
    hamid.save()
    client.force_login(hamid)
    last = client.post(f"{OWN}remove/{to_base64url(device.credential_id)}/").content.decode()
    assert "the only way to sign in" in last
    gone = client.post(f"{OWN}remove/{to_base64url(b'spoilt')}/")
    assert (gone.status_code, gone["Location"]) == (302, OWN)
    assert [bytes(row.credential_id) for row in hamid.passkeys.all()] == [device.credential_id]


def test_nobody_signs_in_by_a_spoilt_row(client: Client, hamid: User) -> None:
    device = Authenticator()
    spoil(hamid, "{}", device.credential_id)
    device.user_handle = str(hamid.pk).encode()
    credential = device.get(options(client, SIGN_IN), origin=ORIGIN)
    answer = post(client, SIGN_IN, {"credential": credential})
    assert "This passkey did not sign you in" in said(answer)
    assert client.get(PROFILE).status_code == 302


def test_what_is_spoilt_is_written_back_as_it_was(hamid: User) -> None:
    spoil(hamid, '{"Name": 7}')
    row = hamid.passkeys.get()
    row.save()
    kept = hamid.passkeys.get().data
    assert isinstance(kept, UnreadablePasskey)
    assert json.loads(kept.text) == {"Name": 7}
    assert "7" not in repr(kept)
    assert json.loads(serialize("json", [row]))[0]["fields"]["data"] == kept.text
