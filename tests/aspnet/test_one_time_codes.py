from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.errors import CodeError
from identity_bridge.aspnet.one_time_codes import (
    authenticator_uri,
    change_phone_number_purpose,
    decode_authenticator_key,
    display_key,
    email_modifier,
    generate_code,
    new_authenticator_key,
    parse_code,
    phone_modifier,
    totp_code,
    user_modifier,
    verify_authenticator_code,
    verify_code,
)
from tests.fixtures_data import load_json, record_id, records

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_700_000_000
TOTP = records("vectors/totp.jsonl")


def _verify(record, text, now):
    if record["provider"] == "Authenticator":
        return verify_authenticator_code(record["key_text"], text, now=now)
    return verify_code(record["key_text"], text, modifier=record["modifier"], now=now)


@pytest.mark.contract
@pytest.mark.parametrize("record", TOTP, ids=record_id)
def test_the_codes_of_each_step_are_those_of_dotnet(record):
    now, seconds = record["unix_time"], record["step_seconds"]
    key = bytes.fromhex(record["key_hex"])
    current = now // seconds
    if record["kind"] == "live":
        assert f"{totp_code(key, current, record['modifier']):06}" == record["code"]
        if record["provider"] != "Authenticator":
            made = generate_code(record["key_text"], modifier=record["modifier"], now=now)
            assert made == record["code"]
        return
    accepted = {entry["code"]: current + entry["step_offset"] for entry in record["accepted"]}
    for code, step in accepted.items():
        assert f"{totp_code(key, step, record['modifier']):06}" == code
        assert _verify(record, code, now) == step
    for refused in (record["just_before"], record["just_after"]):
        if refused is not None and refused not in accepted:
            assert _verify(record, refused, now) is None


LIVE = [record for record in TOTP if isinstance(record, dict) and record.get("kind") == "live"]


@pytest.mark.contract
@pytest.mark.parametrize("record", LIVE, ids=record_id)
def test_every_way_of_typing_a_code_is_judged_as_by_dotnet(record):
    for text, accepted in record["typed_forms"].items():
        found = _verify(record, text, record["unix_time"])
        assert (found is not None) == accepted, repr(text)


@pytest.mark.contract
@pytest.mark.parametrize("record", LIVE, ids=record_id)
def test_the_window_is_two_steps_on_either_side(record):
    for offset, accepted in record["accepted_by_step_offset"].items():
        later = record["unix_time"] - int(offset) * record["step_seconds"]
        assert (_verify(record, record["code"], later) is not None) == accepted


@pytest.mark.contract
@pytest.mark.parametrize("record", LIVE, ids=record_id)
def test_the_modifiers_are_built_as_by_dotnet(record):
    user, purpose = record["user"], record["purpose"]
    if record["provider"] == "Email":
        assert email_modifier(purpose, user["email"]) == record["modifier"]
    if record["provider"] == "Phone":
        assert phone_modifier(purpose, user["phone_number"]) == record["modifier"]


@pytest.mark.parametrize(
    ("modifier", "code"),
    [
        (email_modifier("TwoFactor", "user@example.com"), "047168"),
        (phone_modifier("TwoFactor", "+15551234567"), "931702"),
        (phone_modifier(change_phone_number_purpose("+15557654321"), "+15551234567"), "639559"),
        (user_modifier("TwoFactor", "1234"), "433152"),
    ],
)
def test_a_generated_code_has_six_digits_and_is_the_known_one(modifier, code):
    assert generate_code(KEY, modifier=modifier, now=NOW) == code
    assert verify_code(KEY, code, modifier=modifier, now=NOW) == NOW // 180


def test_a_user_without_a_telephone_number_has_an_empty_one_in_the_modifier():
    assert phone_modifier("ChangePhoneNumber:+1", None) == "PhoneNumber:ChangePhoneNumber:+1:"


def test_the_authenticator_code_is_the_known_one():
    assert verify_authenticator_code(KEY, "406058", now=NOW) == NOW // 30


def test_a_code_works_once_if_the_step_is_remembered():
    step = verify_authenticator_code(KEY, "406058", now=NOW)
    assert verify_authenticator_code(KEY, "406058", now=NOW, after=step) is None
    assert verify_authenticator_code(KEY, "406058", now=NOW, after=step - 1) == step


@pytest.mark.contract
def test_base32_is_decoded_as_by_dotnet():
    for record in load_json("vectors/totp_base32.json")["decode"]:
        if record["exception"]:
            with pytest.raises(CodeError):
                decode_authenticator_key(record["text"])
        else:
            assert decode_authenticator_key(record["text"]).hex() == record["hex"]


@pytest.mark.contract
def test_odd_stored_keys_accept_nothing():
    for record in load_json("vectors/totp_base32.json")["stored_odd_keys"]:
        assert verify_authenticator_code(record["stored_key"], "000000", now=NOW) is None


def test_a_key_without_a_byte_accepts_not_even_its_own_code():
    code = f"{totp_code(b'', NOW // 30):06}"
    assert verify_authenticator_code("A", code, now=NOW) is None
    assert verify_authenticator_code("", code, now=NOW) is None


def test_an_empty_stamp_makes_no_key():
    with pytest.raises(CodeError):
        generate_code("", modifier="Email:TwoFactor:a@b", now=NOW)
    assert verify_code("", "000000", modifier="Email:TwoFactor:a@b", now=NOW) is None


@pytest.mark.contract
def test_key_and_uri_are_shown_as_by_dotnet():
    for record in load_json("vectors/authenticator_display.json"):
        key = record["authenticator_key"]
        assert display_key(key) == record["display_key"]
        uri = authenticator_uri(key, account=record["email"], issuer=record["issuer"])
        assert uri == record["uri"]


def test_a_new_key_is_base32_of_twenty_bytes():
    key = new_authenticator_key()
    assert re.fullmatch("[A-Z2-7]{32}", key)
    assert len(decode_authenticator_key(key)) == 20


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("000001", 1),
        ("1", 1),
        (" \t\r\n+0000000001\v\f \0\0", 1),
        ("-0", 0),
        ("-1", None),
        ("+-1", None),
        ("1\0 ", None),
        ("\x1f1", None),
        ("1000000", None),
        ("99999999999999999999", None),
        ("\u06611", None),
        ("0" * 64 + "1", None),
    ],
)
def test_typed_text_is_read_by_the_rules_of_int_try_parse(text, number):
    assert parse_code(text) == number


@given(st.integers(0, 999_999))
def test_a_printed_code_is_read_back(number):
    assert parse_code(f"{number:06}") == number


@given(st.text(st.characters()), st.text(st.characters()))
def test_hostile_text_raises_nothing_but_its_own_error(key, text):
    parse_code(text)
    verify_authenticator_code(key, text, now=NOW)
    verify_code(key, text, modifier=text, now=NOW)
    display_key(key)
    authenticator_uri(key, account=text, issuer=text)
    try:
        decode_authenticator_key(key)
        generate_code(key, modifier=text, now=NOW)
    except CodeError:
        pass
