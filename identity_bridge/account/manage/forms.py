"""What the pages about the own account read."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity_bridge.account.fields import (
    CodeField,
    TextField,
    address_field,
    checked_address,
    name_field,
    password_field,
)
from identity_bridge.account.forms import PageForm
from identity_bridge.account.new_password import NewPasswordForm

MAX_NUMBER_CHARACTERS = 50
# PhoneAttribute of .NET: digits, space, - . ( ), a plus before and an extension behind.
_NUMBER = re.compile(r"\+?[0-9\s().-]+(?:(?:ext\.?|x)\s*[0-9]+)?", re.IGNORECASE | re.ASCII)


class UserNameForm(PageForm):
    user_name = name_field(gettext_lazy("User name"), autocomplete="username")


class EmailForm(PageForm):
    email = address_field()

    def clean_email(self) -> str:
        return checked_address(self.cleaned_data["email"])


class PhoneForm(PageForm):
    number = TextField(
        label=gettext_lazy("Telephone number"),
        max_length=MAX_NUMBER_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not _NUMBER.fullmatch(number) or not any(sign.isdigit() for sign in number):
            raise ValidationError(_("This is no telephone number."), code="invalid")
        return number


class PhoneCodeForm(PageForm):
    code = CodeField(label=gettext_lazy("Code"))


class ChangePasswordForm(NewPasswordForm):
    current_password = password_field(
        gettext_lazy("Present password"), autocomplete="current-password"
    )

    field_order = ("current_password", "new_password", "repeat")


class PasswordProofForm(PageForm):
    """For somebody who has a password."""

    password = password_field(gettext_lazy("Password"), autocomplete="current-password")


class NameProofForm(PageForm):
    """For somebody who has none: nobody types that by mistake."""

    name = name_field(gettext_lazy("Your user name"), autocomplete="off")
