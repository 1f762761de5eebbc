from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from identity_bridge.passwords.validators import AspNetPasswordValidator

validator = AspNetPasswordValidator()


def codes(password: str) -> list[str]:
    try:
        validator.validate(password)
    except ValidationError as error:
        return [one.code for one in error.error_list]
    return []


def test_every_broken_rule_is_named_in_dotnets_order() -> None:
    assert codes("") == [
        "PasswordTooShort",
        "PasswordRequiresNonAlphanumeric",
        "PasswordRequiresDigit",
        "PasswordRequiresLower",
        "PasswordRequiresUpper",
        "PasswordRequiresUniqueChars",
    ]
    assert codes("Str0ng-enough") == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"PASSWORD_REQUIRED_LENGTH": 20}, "PasswordTooShort"),
        ({"PASSWORD_REQUIRED_UNIQUE_CHARS": 13}, "PasswordRequiresUniqueChars"),
    ],
)
def test_the_numbers_are_settings(given: dict[str, Any], code: str) -> None:
    with override_settings(IDENTITY_BRIDGE=given):
        assert codes("Str0ng-enough") == [code]
        assert str(next(iter(given.values()))) in validator.get_help_text()


def test_each_rule_can_be_switched_off() -> None:
    rules = ("NON_ALPHANUMERIC", "LOWERCASE", "UPPERCASE", "DIGIT")
    with override_settings(IDENTITY_BRIDGE={f"PASSWORD_REQUIRE_{rule}": False for rule in rules}):
        assert codes("öööööö") == []
        assert validator.get_help_text() == "Passwords must be at least 6 characters long."


def test_the_help_names_all_rules() -> None:
    assert validator.get_help_text().count("Passwords must") == 5
