from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.errors import IdentityError
from identity_bridge.aspnet.password_policy import PasswordOptions, validate_password
from tests.fixtures_data import load_json, record_id, records


@pytest.mark.contract
@pytest.mark.parametrize("record", records("vectors/password_policy.jsonl"), ids=record_id)
def test_the_broken_rules_are_those_of_dotnet_in_its_order(record):
    found = validate_password(record["password"], PasswordOptions(**record["options"]))
    assert found == tuple(IdentityError(**error) for error in record["errors"])
    assert (not found) == record["succeeded"]


@pytest.mark.contract
def test_the_defaults_are_those_of_dotnet():
    defaults = load_json("vectors/identity_defaults.json")["options"]["IdentityOptions.Password"]
    options = PasswordOptions()
    assert defaults == {
        "RequireDigit": options.require_digit,
        "RequireLowercase": options.require_lowercase,
        "RequireNonAlphanumeric": options.require_non_alphanumeric,
        "RequireUppercase": options.require_uppercase,
        "RequiredLength": options.required_length,
        "RequiredUniqueChars": options.required_unique_chars,
    }


def test_an_emoji_counts_twice():
    options = PasswordOptions(required_length=6, required_unique_chars=2, require_digit=False)
    codes = [error.code for error in validate_password("\U0001f600aB\U0001f600", options)]
    assert codes == []


@given(st.text(st.characters()))
def test_any_text_gets_an_answer(password):
    codes = [error.code for error in validate_password(password)]
    assert len(codes) == len(set(codes))
