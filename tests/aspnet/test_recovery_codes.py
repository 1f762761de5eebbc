from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet import recovery_codes
from identity_bridge.aspnet.errors import RecoveryCodeError
from identity_bridge.aspnet.recovery_codes import RedeemResult, redeem
from tests.fixtures_data import FIXTURES_DIR, load_json

VECTORS = "vectors/recovery_codes.json"


def _samples():
    if not (FIXTURES_DIR / VECTORS).exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{VECTORS} is absent"))]
    return load_json(VECTORS)["samples"]


@pytest.mark.contract
@pytest.mark.parametrize("sample", _samples())
def test_each_attempt_leaves_what_dotnet_leaves(sample):
    stored = sample["stored"]
    assert recovery_codes.count(stored) == sample["count"]
    if stored:
        assert recovery_codes.join(tuple(sample["codes"])) == stored
        assert recovery_codes.split(stored) == tuple(sample["codes"])
    for step in sample["steps"]:
        # "" makes .NET throw; here it is refused.
        result = redeem(stored, step["code"])
        assert result == RedeemResult(step["succeeded"], step["stored_after"]), step["what"]
        stored = result.remaining_stored
        if "count_after" in step:
            assert recovery_codes.count(stored) == step["count_after"]


@pytest.mark.contract
def test_the_alphabet_is_that_of_dotnet():
    seen = load_json(VECTORS)["alphabet_seen_in_2000_codes"]
    assert seen == "-" + recovery_codes.ALPHABET


@pytest.mark.parametrize("stored", [None, "", ";", "A;"])
def test_an_empty_code_is_refused_whatever_is_stored(stored):
    assert redeem(stored, "") == RedeemResult(False, stored)


def test_new_codes_are_two_groups_of_five_and_all_different():
    codes = recovery_codes.generate(100)
    assert len(set(codes)) == 100
    for code in codes:
        assert re.fullmatch(
            f"[{recovery_codes.ALPHABET}]{{5}}-[{recovery_codes.ALPHABET}]{{5}}", code
        )
    assert recovery_codes.generate(0) == ()


@pytest.mark.parametrize("count", [-1, recovery_codes.MAX_CODES + 1])
def test_an_impossible_number_of_codes_is_refused(count):
    with pytest.raises(RecoveryCodeError):
        recovery_codes.generate(count)


def test_a_code_of_absurd_length_is_refused():
    assert not redeem("A" * 300, "A" * 300).succeeded


@given(
    st.lists(st.text(st.characters(exclude_characters=";"), min_size=1, max_size=20), min_size=1)
)
def test_every_stored_code_works_exactly_once(codes):
    stored = recovery_codes.join(tuple(codes))
    for code in dict.fromkeys(codes):
        result = redeem(stored, code)
        assert result.succeeded
        stored = result.remaining_stored
        assert not redeem(stored, code).succeeded
    assert stored == ""


@given(st.none() | st.text(st.characters()), st.text(st.characters()))
def test_hostile_text_raises_nothing(stored, code):
    result = redeem(stored, code)
    assert result.succeeded or result.remaining_stored == stored
