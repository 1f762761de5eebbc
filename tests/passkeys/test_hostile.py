"""Whatever comes in, the ceremonies answer or refuse; they raise nothing else."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity_bridge.aspnet import passkey_data
from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.passkeys import ceremony, library
from identity_bridge.passkeys.assertion import verify_assertion
from identity_bridge.passkeys.authenticator_data import (
    read_attestation_object,
    read_authenticator_data,
)
from identity_bridge.passkeys.client_data import read_client_data
from identity_bridge.passkeys.errors import PasskeyRefused, PasskeysUnavailable
from identity_bridge.passkeys.options import request_options, user_handle
from identity_bridge.passkeys.public_keys import ALGORITHMS, read_public_key
from identity_bridge.passkeys.reading import (
    MAX_CHARACTERS,
    from_base64url,
    read_assertion,
    read_registration,
    to_base64url,
)
from identity_bridge.passkeys.registration import verify_registration

from .authenticator import AT, BE, BS, UP, UV, Authenticator

ORIGIN, RP_ID = "https://id.example", "id.example"
CHALLENGE = bytes(32)
DEVICE = Authenticator(credential_id=b"device", user_handle=b"7")
REQUEST = {"challenge": to_base64url(CHALLENGE), "rpId": RP_ID}
CREATION = {
    "challenge": to_base64url(CHALLENGE),
    "rp": {"id": RP_ID},
    "user": {"id": to_base64url(b"7")},
}
EXPECTED: dict[str, Any] = {
    "expected_challenge": CHALLENGE,
    "expected_origin": ORIGIN,
    "expected_rp_id": RP_ID,
    "requires_user_verification": True,
}
often = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def register(text: str) -> Any:
    return verify_registration(response=read_registration(text), **EXPECTED)


def stored(device: Authenticator = DEVICE, **changed: Any) -> PasskeyData:
    made = register(device.create(CREATION, origin=ORIGIN))
    return passkey_data.parse(
        json.loads(passkey_data.to_json(made.passkey(name=None, created_at=NOW), dialect="mssql"))
        | changed
    )


NOW = "2026-01-02T03:04:05+00:00"
STORED = stored()
MADE = DEVICE.create(CREATION, origin=ORIGIN)
SIGNED = DEVICE.get(REQUEST, origin=ORIGIN)


def check(text: str, passkey: PasskeyData = STORED) -> Any:
    return verify_assertion(
        response=read_assertion(text), stored=passkey, expected_user_handle=b"7", **EXPECTED
    )


def refused(function: Any, *values: Any) -> None:
    """Run it; anything but an answer or a refusal fails the test."""
    with suppress(PasskeyRefused):
        function(*values)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@often
@given(st.text(max_size=200) | json_values.map(json.dumps))
def test_any_text_as_credential(text: str) -> None:
    refused(register, text)
    refused(check, text)


@often
@given(
    st.sampled_from(["id", "type", "clientExtensionResults", "response"])
    | st.sampled_from(["clientDataJSON", "attestationObject", "transports"])
    | st.sampled_from(["authenticatorData", "signature", "userHandle"]),
    json_values,
)
def test_any_value_of_any_member(name: str, value: Any) -> None:
    for function, text in (
        (register, MADE),
        (check, SIGNED),
    ):
        members = json.loads(text)
        place = members if name in members else members["response"]
        place[name] = value
        refused(function, json.dumps(members))


@often
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    for reader in (
        read_attestation_object,
        read_authenticator_data,
        read_client_data,
        read_public_key,
    ):
        refused(reader, data)


@often
@given(st.data())
def test_any_byte_changed_in_what_is_signed(data: st.DataObject) -> None:
    members = json.loads(SIGNED)
    name = data.draw(st.sampled_from(["authenticatorData", "clientDataJSON", "signature"]))
    value = bytearray(from_base64url(members["response"][name]))
    place = data.draw(st.integers(0, len(value) - 1))
    value[place] ^= data.draw(st.integers(1, 255))
    members["response"][name] = to_base64url(bytes(value))
    with pytest.raises(PasskeyRefused):
        check(json.dumps(members))


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-300, 300) | st.binary(max_size=70) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.integers(-4, 4), inner)
        | st.tuples(st.integers(0, 300), inner).map(lambda pair: cbor2.CBORTag(*pair))
    ),
    max_leaves=6,
)


@often
@given(
    st.dictionaries(st.sampled_from([1, 3, -1, -2, -3]), cbor_values)
    | st.sampled_from([{1: 2, 3: -7}, {1: 3, 3: -257}]).flatmap(
        lambda base: st.dictionaries(st.sampled_from([-1, -2, -3]), cbor_values).map(
            lambda more: base | more
        )
    )
)
def test_any_public_key(members: dict[int, Any]) -> None:
    refused(read_public_key, cbor2.dumps(members))


@pytest.mark.parametrize(
    "text",
    [
        "[" * MAX_CHARACTERS,
        '{"a":' * 10_000,
        f'"{"x" * MAX_CHARACTERS}"',
        '{"type": NaN}',
        f'{{"type": {"9" * 5000}}}',
        "\x00",
        "\ud800",
        "﻿{}",
    ],
    ids=["deep list", "deep object", "long", "NaN", "large number", "NUL", "surrogate", "BOM"],
)
def test_odd_json_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    for function in (register, check):
        with pytest.raises(PasskeyRefused):
            function(text)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("bits", [1024, 16_384, 200_000])
def test_an_rsa_key_of_an_absurd_size_costs_nothing(bits: int) -> None:
    modulus = ((1 << bits) - 1).to_bytes(bits // 8, "big")
    began = time.perf_counter()
    with pytest.raises(PasskeyRefused, match=f"RSA key of {bits} bits"):
        read_public_key(cbor2.dumps({1: 3, 3: -257, -1: modulus, -2: b"\x01\x00\x01"}))
    with pytest.raises(PasskeyRefused, match="exponent"):
        read_public_key(cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\xff" * 200}))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("number", ALGORITHMS)
def test_every_algorithm_registers_and_signs_in(number: int) -> None:
    device = Authenticator(algorithm=number, user_handle=b"7")
    passkey = stored(device)
    assert check(device.get(REQUEST, origin=ORIGIN, count=3), passkey).sign_count == 3
    with pytest.raises(PasskeyRefused, match="signature"):
        check(device.get(REQUEST, origin=ORIGIN, break_signature=True), passkey)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"origin": "https://id.example.evil"}, "origin"),
        ({"client_data": {"crossOrigin": True}}, "another site"),
        ({"client_data": {"crossOrigin": "no"}}, "boolean"),
        ({"client_data": {"type": "webauthn.create"}}, "type"),
        ({"client_data": {"challenge": "AAAA"}}, "challenge"),
        ({"flags": UV}, "present"),
        ({"flags": UP}, "verified"),
        ({"flags": UP | UV | BS}, "eligible"),
        ({"flags": UP | UV | BE}, "eligibility"),
        ({"flags": UP | UV | AT}, "damaged"),
        ({"userHandle": to_base64url(b"8")}, "handle"),
        ({"userHandle": to_base64url(b"7" * 65)}, "bytes"),
        ({"signature": to_base64url(bytes(2049))}, "bytes"),
    ],
)
def test_each_step_of_an_assertion_is_taken(changed: dict[str, Any], reason: str) -> None:
    assert check(DEVICE.get(REQUEST, origin=ORIGIN, count=0)).sign_count == 0
    with pytest.raises(PasskeyRefused, match=reason):
        check(DEVICE.get(REQUEST, **{"origin": ORIGIN, **changed}))


@pytest.mark.parametrize("transports", [[1], ["a" * 33], ["USB"], ["x\x00"], ["usb"] * 17, "usb"])
def test_transports_are_a_short_list_of_words(transports: Any) -> None:
    with pytest.raises(PasskeyRefused, match="transports"):
        register(DEVICE.create(CREATION, origin=ORIGIN, transports=transports))


def test_without_an_expected_origin_nothing_is_right() -> None:
    text = DEVICE.get(REQUEST, origin="")
    given = EXPECTED | {"expected_origin": ""}
    with pytest.raises(PasskeyRefused, match="origin"):
        verify_assertion(
            response=read_assertion(text), stored=STORED, expected_user_handle=b"7", **given
        )


@pytest.mark.parametrize("user_id", ["", "x" * 65, "ä" * 33])
def test_an_id_that_is_no_user_handle_is_refused(user_id: str) -> None:
    with pytest.raises(PasskeyRefused, match="bytes"):
        user_handle(user_id)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "x",
        {"operation": "sign_in", "challenge": "AA", "user": 7, "at": 1.0},
        {"operation": "other", "challenge": "AA", "user": None, "at": 1.0},
        {"operation": "sign_in", "challenge": "=", "user": None, "at": 1.0},
        {"operation": "sign_in", "challenge": "AA", "user": None, "at": "1"},
    ],
)
def test_a_damaged_ceremony_is_none(value: Any) -> None:
    assert ceremony.from_plain(value) is None


def test_a_ceremony_survives_the_session() -> None:
    made = ceremony.Ceremony(
        operation=ceremony.Operation.SIGN_IN, challenge=CHALLENGE, user_id="7", begun_at=1.5
    )
    assert ceremony.from_plain(json.loads(json.dumps(made.to_plain()))) == made


def test_without_the_library_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_available", lambda: False)
    with pytest.raises(PasskeysUnavailable, match=r"django-identity-bridge\[account\]"):
        read_public_key(DEVICE.cose_key)
    options = request_options(
        rp_id=RP_ID,
        challenge=CHALLENGE,
        allow={},
        timeout=timedelta(minutes=1),
        user_verification="required",
    )
    assert options["timeout"] == 60_000
