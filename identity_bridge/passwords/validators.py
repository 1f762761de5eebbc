"""The password rules of .NET as one of Django's AUTH_PASSWORD_VALIDATORS."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.errors import IdentityError
from identity_bridge.aspnet.password_policy import PasswordOptions, validate_password
from identity_bridge.conf import get_settings


def password_options() -> PasswordOptions:
    """Return IdentityOptions.Password as the settings have it."""
    settings = get_settings()
    return PasswordOptions(
        required_length=settings.PASSWORD_REQUIRED_LENGTH,
        required_unique_chars=settings.PASSWORD_REQUIRED_UNIQUE_CHARS,
        require_non_alphanumeric=settings.PASSWORD_REQUIRE_NON_ALPHANUMERIC,
        require_lowercase=settings.PASSWORD_REQUIRE_LOWERCASE,
        require_uppercase=settings.PASSWORD_REQUIRE_UPPERCASE,
        require_digit=settings.PASSWORD_REQUIRE_DIGIT,
    )


class AspNetPasswordValidator:
    """PasswordValidator of .NET, by the settings PASSWORD_REQUIRE… of IDENTITY_BRIDGE."""

    @sensitive_variables("password")
    def validate(self, password: str, user: Any = None) -> None:
        """Judge a password.

        :raises ValidationError: one error a broken rule, in .NET's order; the code of each is
            .NET's name for it, ``PasswordTooShort`` for one.
        """
        broken = validate_password(password, password_options())
        if broken:
            raise ValidationError([_error(rule) for rule in broken])

    def get_help_text(self) -> str:
        return " ".join(self.get_help_texts())

    def get_help_texts(self) -> list[str]:
        """Return one sentence a rule, for a list."""
        options = password_options()
        return [_text(code, options) for code in _codes_in_force(options)]


def _error(rule: IdentityError) -> ValidationError:
    return ValidationError(_text(rule.code, password_options()), code=rule.code)


def _codes_in_force(options: PasswordOptions) -> list[str]:
    asked = {
        "PasswordTooShort": options.required_length > 0,
        "PasswordRequiresNonAlphanumeric": options.require_non_alphanumeric,
        "PasswordRequiresDigit": options.require_digit,
        "PasswordRequiresLower": options.require_lowercase,
        "PasswordRequiresUpper": options.require_uppercase,
        "PasswordRequiresUniqueChars": options.required_unique_chars > 1,
    }
    return [code for code, is_asked in asked.items() if is_asked]


def _text(code: str, options: PasswordOptions) -> str:
    """Return the sentence in the language of the moment; .NET's own are English only."""
    if code == "PasswordTooShort":
        number = options.required_length
        return (
            ngettext(
                "Passwords must be at least %d character long.",
                "Passwords must be at least %d characters long.",
                number,
            )
            % number
        )
    if code == "PasswordRequiresUniqueChars":
        number = options.required_unique_chars
        return (
            ngettext(
                "Passwords must use at least %d different character.",
                "Passwords must use at least %d different characters.",
                number,
            )
            % number
        )
    return {
        "PasswordRequiresNonAlphanumeric": _(
            "Passwords must have at least one character that is neither a letter nor a digit."
        ),
        "PasswordRequiresDigit": _("Passwords must have at least one digit (0–9)."),
        "PasswordRequiresLower": _("Passwords must have at least one lower-case letter (a–z)."),
        "PasswordRequiresUpper": _("Passwords must have at least one upper-case letter (A–Z)."),
    }[code]
