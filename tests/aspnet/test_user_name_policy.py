from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.errors import IdentityError, NormalizationError
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.aspnet.user_name_policy import (
    DEFAULT_ALLOWED_CHARACTERS,
    is_email_address,
    validate_email,
    validate_role_name,
    validate_user_name,
)
from tests.fixtures_data import load_json, record_id, records


def _validate(record):
    if record["kind"] == "role":
        roles = {normalize_name(role) for role in record["existing_roles"]}
        return validate_role_name(record["role_name"], is_taken=roles.__contains__)
    users, options = record["existing_users"], record["options"]
    names = {normalize_name(user["user_name"]) for user in users}
    addresses = {normalize_name(user["email"]) for user in users}
    errors = validate_user_name(
        record["user_name"],
        options["allowed_user_name_characters"],
        is_taken=names.__contains__,
    )
    if options["require_unique_email"]:
        errors += validate_email(record["email"], is_taken=addresses.__contains__)
    return errors


@pytest.mark.contract
@pytest.mark.parametrize("record", records("vectors/user_name_policy.jsonl"), ids=record_id)
def test_the_refusals_are_those_of_dotnet(record):
    if record["exception"] is not None:
        with pytest.raises(NormalizationError):
            _validate(record)
        return
    assert _validate(record) == tuple(IdentityError(**error) for error in record["errors"])


@pytest.mark.contract
def test_the_allowed_characters_are_those_of_dotnet():
    defaults = load_json("vectors/identity_defaults.json")["options"]["IdentityOptions.User"]
    assert set(defaults["AllowedUserNameCharacters"]) == set(DEFAULT_ALLOWED_CHARACTERS)


def test_without_a_question_to_the_store_uniqueness_is_not_checked():
    assert validate_user_name("alice") == ()
    assert validate_email("alice@example.com") == ()
    assert validate_role_name("\ud800") == ()


def test_the_store_is_asked_for_the_normalised_form():
    asked = []
    validate_user_name("ﬁona", "", is_taken=lambda name: bool(asked.append(name)))
    validate_email("a@ü", is_taken=lambda name: bool(asked.append(name)))
    assert asked == ["ﬁONA", "A@Ü"]


def test_half_an_emoji_may_be_allowed_by_another_one():
    # U+1F600 and U+1F601 share their first unit, U+1F601 and U+1FE01 do not share the second.
    assert validate_user_name("\U0001f600", "\U0001f600") == ()
    assert validate_user_name("\U0001f600", "\U0001f601") != ()


@pytest.mark.parametrize("text", ["@", "a@", "@b", "a@b@c", "ab", "a@b\n", "a\r@b"])
def test_what_is_no_address_for_dotnet(text):
    assert not is_email_address(text)


@given(st.text(st.characters()))
def test_any_text_gets_an_answer(text):
    validate_user_name(text)
    validate_email(text)
    validate_role_name(text)
