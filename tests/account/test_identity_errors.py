"""The errors on pages: .NET's English to the letter, and another language where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.utils import translation
from django.utils.translation import trans_real

from identity_bridge.account import identity_errors
from identity_bridge.account.registration.forms import AddressForm
from identity_bridge.aspnet.errors import IDENTITY_ERROR_CODES, IdentityError, identity_error
from tests.fixtures_data import load_json


@pytest.mark.contract
def test_in_english_every_error_is_that_of_dotnet() -> None:
    for record in load_json("vectors/identity_defaults.json")["errors"]:
        error = identity_error(record["code"], record["argument"])
        with translation.override("en"):
            assert identity_errors.shown(error) == record["description"]


def test_each_code_has_a_text() -> None:
    assert list(identity_errors.TEXTS) == list(IDENTITY_ERROR_CODES)


@pytest.mark.parametrize("name", ["{0}", "%s%(name)s{", "<b>", ""])
def test_whatever_a_name_holds_stands_there_as_it_is(name: str) -> None:
    error = identity_error("DuplicateUserName", name)
    assert identity_errors.shown(error) == error.description


def test_in_another_language_the_gap_is_filled_too(monkeypatch: pytest.MonkeyPatch) -> None:
    english = "Username '{0}' is already taken."
    with translation.override("de"):
        catalog: Any = trans_real.translation("de")
        monkeypatch.setitem(catalog._catalog._catalogs[0], english, "Den Namen „{0}“ gibt es.")
        error = identity_error("DuplicateUserName", "ada")
        assert identity_errors.shown(error) == "Den Namen „ada“ gibt es."


def test_an_error_of_a_project_is_shown_as_it_is() -> None:
    assert identity_errors.shown(IdentityError("TooLoud", "Not so loud!")) == "Not so loud!"


def test_errors_stand_at_the_field_they_are_about() -> None:
    form = AddressForm({"email": "ada@example.org"})
    identity_errors.add_errors(form, [identity_error("InvalidEmail", "ada")], field="email")
    assert form.errors == {"email": ["Email 'ada' is invalid."]}


def test_all_errors_stand_above_the_form() -> None:
    form = forms.Form({})
    identity_errors.add_errors(
        form, [identity_error("PasswordMismatch"), identity_error("InvalidToken")]
    )
    assert form.non_field_errors() == ["Incorrect password.", "Invalid token."]
