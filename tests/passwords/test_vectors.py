"""Django's hasher gives the verdicts of the real PasswordHasher."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from identity_bridge.fields import ASPNET_PREFIX
from identity_bridge.passwords import hashers
from tests.fixtures_data import load_records, record_id, records

from .conftest import ASPNET_FIRST, Work

MODES = {
    "v3_100k": {},
    "v3_10k": {"PASSWORD_ITERATIONS": 10_000},
    "v2_compat": {"PASSWORD_COMPATIBILITY_MODE": "V2"},
}


@pytest.fixture(autouse=True)
def _spend_nothing(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The verdicts are the subject here, not the time: see test_verify."""
    monkeypatch.setattr(hashers, "spend_preferred_runtime", lambda password: None)
    settings.PASSWORD_HASHERS = ASPNET_FIRST


def check(record: dict[str, Any], settings: Any, modes: list[str]) -> None:
    if record.get("password") is None or record.get("blob") is None:
        return
    hasher, encoded = hashers.AspNetIdentityPasswordHasher(), ASPNET_PREFIX + record["blob"]
    for mode in modes:
        settings.IDENTITY_BRIDGE = MODES[mode]
        expected = record["verdict_by_mode"][mode]
        matches = hasher.verify(record["password"], encoded)
        assert matches is expected.startswith("Success"), (record["id"], mode)
        if matches:
            assert hasher.must_update(encoded) is (expected == "SuccessRehashNeeded")


@pytest.mark.contract
def test_the_verdicts_on_all_cheap_hashes_are_those_of_dotnet(settings: Any) -> None:
    for record in load_records("vectors/password_hashes.jsonl"):
        check(record, settings, list(MODES))


@pytest.mark.contract
@pytest.mark.slow
def test_the_verdicts_on_all_dear_hashes_are_those_of_dotnet(settings: Any) -> None:
    for record in load_records("vectors/password_hashes_slow.jsonl"):
        check(record, settings, ["v3_100k"])


@pytest.mark.contract
@pytest.mark.parametrize("record", records("vectors/password_hashes_hostile.jsonl"), ids=record_id)
def test_a_hostile_hash_is_refused_without_a_round(record: dict[str, Any], work: Work) -> None:
    blob = record["blob"]
    if blob is None:  # three megabytes, given by its first bytes and a number of zeros
        _hex, start, _followed, _by, zeros, *_rest = record["blob_recipe"].split()
        blob = base64.b64encode(bytes.fromhex(start) + bytes(int(zeros))).decode()
    assert not check_password(record["password"], ASPNET_PREFIX + blob)
    assert work.pbkdf2 == []
