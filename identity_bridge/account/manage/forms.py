"""What the pages about the own account read."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity_bridge.account.forms import MAX_CODE_CHARACTERS, MAX_NAME_CHARACTERS
from identity_bridge.account.new_password import NewPasswordForm, password_field
from identity_bridge.account.registration.forms import address_field, checked_address

MAX_NUMBER_CHARACTERS = 50
# PhoneAttribute of .NET: digits, space, - . ( ), a plus before and an extension behind.
_NUMBER = re.compile(r"\+?[0-9\s().-]+(?:(?:ext\.?|x)\s*[0-9]+)?", re.IGNORECASE | re.ASCII)


class OwnerForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class UserNameForm(OwnerForm):
    user_name = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=MAX_NAME_CHARACTERS,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "maxlength": False,
            }
        ),
    )


class EmailForm(OwnerForm):
    email = address_field(autocomplete="email")

    def clean_email(self) -> str:
        return checked_address(self.cleaned_data["email"])


class PhoneForm(OwnerForm):
    number = forms.CharField(
        label=gettext_lazy("Telephone number"),
        max_length=MAX_NUMBER_CHARACTERS,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "maxlength": False}
        ),
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not _NUMBER.fullmatch(number) or not any(sign.isdigit() for sign in number):
            raise ValidationError(_("This is no telephone number."), code="invalid")
        return number


class PhoneCodeForm(OwnerForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
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
        code: str = self.cleaned_data["code"]
        return code.replace(" ", "").replace("-", "")


class ChangePasswordForm(NewPasswordForm):
    current_password = password_field(
        gettext_lazy("Present password"), autocomplete="current-password"
    )

    field_order = ("current_password", "new_password", "repeat")


class PasswordProofForm(OwnerForm):
    """For somebody who has a password."""

    password = password_field(gettext_lazy("Password"), autocomplete="current-password")


class NameProofForm(OwnerForm):
    """For somebody who has none: nobody types that by mistake."""

    name = forms.CharField(
        label=gettext_lazy("Your user name"),
        max_length=MAX_NAME_CHARACTERS,
        strip=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "maxlength": False,
            }
        ),
    )
