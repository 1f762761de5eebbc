"""What the pages about new accounts and lost passwords read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from identity_bridge.account import identity_errors
from identity_bridge.account.forms import MAX_NAME_CHARACTERS
from identity_bridge.account.new_password import NewPasswordForm, password_field
from identity_bridge.aspnet.errors import identity_error

_TYPED = {"autocapitalize": "none", "spellcheck": "false", "maxlength": False}


def address_field(**attributes: Any) -> forms.CharField:
    """Return a field for an address there is or should be: not judged, old ones are odd."""
    return forms.CharField(
        label=_("E-mail address"),
        max_length=MAX_NAME_CHARACTERS,
        widget=forms.TextInput(attrs=_TYPED | {"inputmode": "email"} | attributes),
    )


def checked_address(address: str) -> str:
    """Return a new address that a mail can be sent to.

    :raises ValidationError: it is none (InvalidEmail).
    """
    try:
        validate_email(address)
    except ValidationError:
        refused = identity_errors.shown(identity_error("InvalidEmail", address))
        raise ValidationError(refused, code="InvalidEmail") from None
    return address


class RegisterForm(NewPasswordForm):
    email = address_field(autocomplete="email", autofocus=True)
    new_password = password_field(_("Password"), autocomplete="new-password")

    field_order = ("email", "new_password", "repeat")

    def clean_email(self) -> str:
        return checked_address(self.cleaned_data["email"])


class AddressForm(forms.Form):
    """Asks whom a mail is for; what is typed is never said to be wrong."""

    email = address_field(autocomplete="email", autofocus=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
