from __future__ import annotations

import pytest

from identity_bridge.aspnet import errors
from identity_bridge.aspnet.errors import IDENTITY_ERROR_CODES, IdentityError, identity_error
from tests.fixtures_data import load_json


@pytest.mark.contract
def test_every_text_of_the_error_describer_is_the_same():
    for record in load_json("vectors/identity_defaults.json")["errors"]:
        made = identity_error(record["code"], record["argument"])
        assert made == IdentityError(record["code"], record["description"])


@pytest.mark.contract
def test_no_code_is_missing_and_none_is_invented():
    described = [record["code"] for record in load_json("vectors/identity_defaults.json")["errors"]]
    assert list(IDENTITY_ERROR_CODES) == described


def test_a_name_with_braces_is_not_taken_for_a_gap():
    error = identity_error("DuplicateUserName", "{0}{1}{x")
    assert error.description == "Username '{0}{1}{x' is already taken."


def test_an_absent_argument_leaves_nothing_between_the_quotes():
    assert identity_error("InvalidEmail").description == "Email '' is invalid."


def test_an_unknown_code_is_a_bug_of_the_caller():
    with pytest.raises(KeyError):
        identity_error("NoSuchError")


def _subclasses(cls: type) -> list[type]:
    return [found for sub in cls.__subclasses__() for found in (sub, *_subclasses(sub))]


def test_every_exception_is_a_value_error_with_a_code_and_is_drawn_in_the_tree():
    for exception in _subclasses(errors.AspNetError):
        assert issubclass(exception, ValueError)
        assert exception.code != errors.AspNetError.code
        assert exception.__name__ in errors.__doc__
