"""What is said about a new password, on every page that asks for one."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.account.manage.forms import ChangePasswordForm
from identity_bridge.account.new_password import NewPasswordForm
from identity_bridge.account.registration.forms import RegisterForm

from .conftest import PASSWORD

OTHERS = {"current_password": "x", "email": "ada@example.org"}
FORMS = [NewPasswordForm, ChangePasswordForm, RegisterForm]


def answered(form: Any, password: str, repeat: str = "") -> Any:
    given = form(OTHERS | {"new_password": password, "repeat": repeat or password})
    given.is_valid()
    return given


def focused(form: Any) -> list[str]:
    return [field.name for field in form if field.field.widget.attrs.get("autofocus")]


@pytest.mark.parametrize("form", FORMS)
def test_broken_rules_stand_at_the_field_which_has_the_focus(form: Any) -> None:
    given = answered(form, "a")
    assert given.errors.keys() == {"new_password"}
    assert len(given.errors["new_password"]) == 4
    assert focused(given) == ["new_password"]
    field = str(given["new_password"])
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_new_password_helptext id_new_password_error"' in field
    assert 'id="id_new_password_error"' in str(given["new_password"].errors)


@pytest.mark.parametrize("form", FORMS)
def test_the_first_field_that_is_wrong_has_the_focus(form: Any) -> None:
    assert focused(answered(form, PASSWORD, "Other-1!")) == ["repeat"]
    assert focused(answered(form, "a", "b")) == ["new_password"]
    assert focused(answered(RegisterForm, PASSWORD)) == ["email"]


def test_what_validators_of_the_project_say_stands_at_the_field(settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "identity_bridge.passwords.validators.AspNetPasswordValidator"},
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 30},
        },
    ]
    given = answered(NewPasswordForm, "Aa1!x")
    assert len(given.errors["new_password"]) == 2
    help_text = given.fields["new_password"].help_text
    assert help_text.count("<li>Passwords must") == 5
    assert help_text.count("<li>Your password must contain at least 30 characters.</li>") == 1


def test_what_a_validator_says_is_escaped(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.password_validation import NumericPasswordValidator as Said

    monkeypatch.setattr(Said, "get_help_text", lambda self: "<b>No</b>")
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{Said.__module__}.{Said.__name__}"}]
    assert "<li>&lt;b&gt;No&lt;/b&gt;</li>" in NewPasswordForm().fields["new_password"].help_text


def test_without_rules_there_is_no_list(settings: Any) -> None:
    rules = ("NON_ALPHANUMERIC", "LOWERCASE", "UPPERCASE", "DIGIT")
    settings.IDENTITY_BRIDGE = {f"PASSWORD_REQUIRE_{rule}": False for rule in rules} | {
        "PASSWORD_REQUIRED_LENGTH": 0
    }
    settings.AUTH_PASSWORD_VALIDATORS = []
    assert not NewPasswordForm().fields["new_password"].help_text
