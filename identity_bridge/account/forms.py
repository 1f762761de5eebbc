"""What the pages read from a visitor. Which of it is right, the sign-in flow decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity_bridge.conf import get_settings

#: Longer than any password or name of ASP.NET Identity; what is longer costs no CPU.
MAX_NAME_CHARACTERS = 256
MAX_PASSWORD_CHARACTERS = 1 << 20
MAX_CODE_CHARACTERS = 256


class _AccountForm(forms.Form):
    """A form whose bad input is answered like a wrong answer: it tells nothing."""

    required_css_class = "required"
    refused = _("That is not right. Please try again.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    def refuse(self) -> None:
        """Say that the input was wrong, and no more."""
        self.errors.clear()
        self.add_error(None, str(self.refused))


class LoginForm(_AccountForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=MAX_NAME_CHARACTERS,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
                "maxlength": False,
            }
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "maxlength": False}),
    )
    remember_me = forms.BooleanField(label=_("Keep me signed in"), required=False)

    refused = _("The user name or the password is not right.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if get_settings().LOGIN_BY_EMAIL:
            self.fields["username"].label = _("User name or e-mail address")


class _CodeForm(_AccountForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=MAX_CODE_CHARACTERS,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "code",
                "autofocus": True,
                "maxlength": False,
            }
        ),
    )

    def clean_code(self) -> str:
        # As .NET's own page: apps show "123 456" and people type it.
        code: str = self.cleaned_data["code"]
        return code.replace(" ", "").replace("-", "")


class TwoFactorForm(_CodeForm):
    remember_browser = forms.BooleanField(
        label=_("Do not ask for a code in this browser again"), required=False
    )

    refused = _("This code is not right, or it has been used. Wait for the next one and try again.")


class AuthenticatorForm(_CodeForm):
    """Below the key: a focus from the start would scroll past it."""

    refused = _(
        "This code is not right. Scan the picture again, or type the key again, and look whether "
        "the clock of your telephone is right."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]


class MessageCodeForm(TwoFactorForm):
    refused = _("This code is not right, or it is too old. Use the one of the latest message.")


class RecoveryCodeForm(_AccountForm):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=MAX_CODE_CHARACTERS,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code",
                "autofocus": True,
                "maxlength": False,
            }
        ),
    )

    refused = _("This recovery code is not right, or it has been used.")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        return code.replace(" ", "")
