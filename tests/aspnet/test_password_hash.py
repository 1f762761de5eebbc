from __future__ import annotations

import base64
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.errors import (
    BlobError,
    EmptyBlobError,
    MalformedBlobError,
    NotBase64Error,
    OversizedBlobError,
    PasswordTextError,
    UnknownBlobError,
)
from identity_bridge.aspnet.password_hash import (
    Blob,
    HashOptions,
    Limits,
    Prf,
    Verdict,
    describe,
    hash_password,
    needs_rehash,
    verify_hashed_password,
)
from tests.fixtures_data import FIXTURES_DIR, load_json, record_id, records

MODES = {
    "v3_100k": HashOptions(),
    "v3_10k": HashOptions(iterations=10_000),
    "v2_compat": HashOptions(compatibility="V2"),
    "v3_600k": HashOptions(iterations=600_000),
}
SALT = bytes(range(16))
SHA512_50 = "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw"


def expected(verdict: str) -> Verdict:
    throws = verdict in ("FormatException", "EncoderFallbackException")
    return Verdict.FAILED if throws else Verdict(verdict)


@pytest.mark.contract
@pytest.mark.parametrize("record", records("vectors/password_hashes.jsonl"), ids=record_id)
def test_the_verdict_is_that_of_dotnet_in_every_mode(record):
    for mode, verdict in record["verdict_by_mode"].items():
        found = verify_hashed_password(record["blob"], record["password"], options=MODES[mode])
        assert found is expected(verdict), mode


@pytest.mark.contract
@pytest.mark.slow
@pytest.mark.parametrize("record", records("vectors/password_hashes_slow.jsonl"), ids=record_id)
def test_the_verdict_on_dear_hashes_is_that_of_dotnet(record):
    verdict = verify_hashed_password(record["blob"], record["password"])
    assert verdict is expected(record["verdict_by_mode"]["v3_100k"])
    if verdict is not Verdict.FAILED:
        blob = Blob.parse(record["blob"])
        for mode, wanted in record["verdict_by_mode"].items():
            assert needs_rehash(blob, MODES[mode]) == (wanted == "SuccessRehashNeeded"), mode


@pytest.mark.contract
@pytest.mark.parametrize("record", records("vectors/password_hashes_hostile.jsonl"), ids=record_id)
def test_a_blob_that_asks_for_absurd_work_is_refused_at_once(record):
    if record["blob"] is None:
        header = bytes.fromhex(record["blob_recipe"].split()[1])
        blob = base64.b64encode(header + bytes(2_999_984)).decode()
    else:
        blob = record["blob"]
    started = time.perf_counter()
    assert verify_hashed_password(blob, record["password"]) is Verdict.FAILED
    assert not describe(blob).usable
    assert time.perf_counter() - started < 0.5


def _hashed_users():
    seen = {}
    for path in sorted((FIXTURES_DIR / "databases").glob("*/manifest.json")):
        for user in load_json(f"databases/{path.parent.name}/manifest.json").get("users", []):
            if user.get("hash_kind") and user["password_hash"] is not None:
                seen[user["password_hash"]] = user
    return list(seen.values())


@pytest.mark.contract
def test_every_hash_of_the_databases_is_described_as_its_manifest_says():
    hash_reasons = ("hash_",)
    for user in _hashed_users():
        found = describe(user["password_hash"])
        assert found.kind == user["hash_kind"]
        assert found.usable == user["expected_verify"].startswith("success")
        if str(user["why_not"]).startswith(hash_reasons):
            assert found.reason == user["why_not"]


@pytest.mark.contract
def test_every_cheap_hash_of_the_databases_gives_the_verdict_of_its_manifest():
    verdicts = {"success": Verdict.SUCCESS, "success_rehash_needed": Verdict.SUCCESS_REHASH_NEEDED}
    for user in _hashed_users():
        iterations = describe(user["password_hash"]).iterations or 0
        if user["password"] is not None and iterations <= 1000:
            found = verify_hashed_password(user["password_hash"], user["password"])
            assert found is verdicts.get(user["expected_verify"], Verdict.FAILED)


def test_a_v3_hash_has_the_bytes_dotnet_writes():
    blob = Blob.create("my password", salt=SALT)
    assert blob.encode() == (
        "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/Q8A0WMKbtHQJQ2DHCdoEeeFBrgNlldq6vH4qX/CGqGQ=="
    )


def test_a_v2_hash_has_the_bytes_dotnet_writes():
    blob = Blob.create(
        "my password", version=2, salt=bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    )
    assert blob.encode().startswith("AAABAgMEBQYHCAkKCwwNDg")
    assert len(blob.encode()) == 68
    assert blob.matches("my password")


@pytest.mark.parametrize("compatibility", ["V2", "V3"])
def test_a_new_hash_verifies_and_needs_no_rehash(compatibility):
    options = HashOptions(compatibility=compatibility, iterations=10)
    text = hash_password("pässwörd", options=options)
    assert verify_hashed_password(text, "pässwörd", options=options) is Verdict.SUCCESS
    assert verify_hashed_password(text, "password", options=options) is Verdict.FAILED


def test_two_hashes_of_one_password_differ():
    options = HashOptions(iterations=1)
    assert hash_password("x", options=options) != hash_password("x", options=options)


def test_a_three_byte_subkey_that_really_matches_is_refused():
    with pytest.raises(MalformedBlobError):
        Blob.parse("AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4A=")


def test_a_lone_surrogate_cannot_be_hashed_and_is_not_named():
    with pytest.raises(PasswordTextError) as caught:
        hash_password("secret\ud800", options=HashOptions(iterations=1))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"iterations": 0},
        {"iterations": 2**31},
        {"salt": bytes(15)},
        {"subkey_bytes": 15},
        {"version": 1},
        {"version": 2, "salt": bytes(17)},
    ],
)
def test_parameters_dotnet_could_not_verify_are_refused(arguments):
    with pytest.raises(MalformedBlobError):
        Blob.create("x", **arguments)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyBlobError),
        (" \r\n", EmptyBlobError),
        ("letmein123", NotBase64Error),
        ("AAAA\u00a0", NotBase64Error),
        ("ÄÖÜß", NotBase64Error),
        ("=AAA", NotBase64Error),
        ("/w==", UnknownBlobError),
        ("AQ==", MalformedBlobError),
        ("AA==", MalformedBlobError),
        ("A" * 8196, OversizedBlobError),
    ],
)
def test_each_kind_of_damage_has_its_own_error(text, error):
    with pytest.raises(error):
        Blob.parse(text)


def test_the_limits_are_the_callers():
    blob = Blob.parse(SHA512_50)
    assert blob.matches("my password", limits=Limits(max_iterations=50))
    assert not blob.matches("my password", limits=Limits(max_iterations=49))
    assert not blob.matches("my password", limits=Limits(max_salt_bytes=15))
    assert not blob.matches("my password", limits=Limits(max_subkey_bytes=15))
    tight = Limits(max_blob_characters=len(SHA512_50) - 1)
    assert verify_hashed_password(SHA512_50, "my password", limits=tight) is Verdict.FAILED


def test_v2_hashes_pass_a_limit_of_their_thousand_iterations():
    assert Blob.create("x", version=2).is_within(Limits(max_iterations=1000))


def test_a_long_subkey_counts_as_more_iterations():
    blob = Blob.create("x", prf=Prf.SHA1, iterations=100, subkey_bytes=60)
    assert blob.is_within(Limits(max_iterations=300))
    assert not blob.is_within(Limits(max_iterations=299))


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        (
            "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
            "bcrypt",
            "hash_not_base64",
        ),
        ("$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", "argon2", "hash_not_base64"),
        ("correct horse battery", "not_base64", "hash_not_base64"),
        ("", "empty", "hash_empty"),
        ("password", "unknown", "hash_unknown_format"),
        ("AAAA", "v2_malformed", "hash_invalid"),
        ("AQAA", "v3_malformed", "hash_invalid"),
        ("A" * 10_000, "too_large", "hash_invalid"),
    ],
)
def test_an_unusable_hash_is_described_with_its_reason(text, kind, reason):
    found = describe(text)
    assert (found.kind, found.usable, found.reason) == (kind, False, reason)


def test_a_usable_hash_is_described_with_its_parameters():
    found = describe(SHA512_50)
    assert (found.kind, found.usable, found.reason) == ("v3_sha512_50", True, None)
    assert (found.version, found.prf, found.iterations) == (3, Prf.SHA512, 50)


def test_a_dear_hash_is_described_as_over_the_cap():
    found = describe(SHA512_50, limits=Limits(max_iterations=10))
    assert (found.kind, found.reason) == ("v3_sha512_50", "hash_iterations_over_cap")


def test_the_representation_of_a_blob_hides_the_subkey():
    assert repr(Blob.parse(SHA512_50).subkey) not in repr(Blob.parse(SHA512_50))


@given(
    st.sampled_from(Prf),
    st.integers(1, 2**31 - 1),
    st.binary(min_size=16, max_size=64),
    st.binary(min_size=16, max_size=64),
)
def test_a_blob_survives_encoding_and_parsing(prf, iterations, salt, subkey):
    blob = Blob(3, prf, iterations, salt, subkey)
    assert Blob.parse(blob.encode()) == blob


HOSTILE_BYTES = st.one_of(
    st.binary(max_size=100),
    st.builds(
        lambda marker, header, tail: bytes([marker]) + struct.pack(">III", *header) + tail,
        st.sampled_from([0, 1]),
        st.tuples(*[st.integers(0, 3) | st.integers(0, 2**32 - 1)] * 3),
        st.binary(max_size=64),
    ),
)


@given(st.text(st.characters()) | HOSTILE_BYTES.map(lambda raw: base64.b64encode(raw).decode()))
def test_hostile_text_raises_nothing_but_a_blob_error(text):
    try:
        Blob.parse(text)
    except BlobError:
        assert not describe(text).usable
    else:
        describe(text)
    verify_hashed_password(text, text, limits=Limits(max_iterations=100))
