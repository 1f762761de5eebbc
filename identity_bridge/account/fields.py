"""The fields that pages share: limits, and what browsers and password managers are told.

No input has a ``maxlength``: a browser that cuts off what is pasted makes a wrong password of a
long one without a word. The limit of the field answers instead.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.errors import identity_error

from . import identity_errors

#: Longer than any password or name of ASP.NET Identity; what is longer costs no CPU.
MAX_NAME_CHARACTERS = 256
MAX_PASSWORD_CHARACTERS = 1 << 20
MAX_CODE_CHARACTERS = 256

_AS_TYPED = {"autocapitalize": "none", "spellcheck": "false"}


class TextField(forms.CharField):
    """A field with a limit that its input does not have."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


def name_field(label: Any, *, autocomplete: str, **attributes: Any) -> TextField:
    """Return a field for a user name; white space is part of one, as in .NET."""
    return TextField(
        label=label,
        max_length=MAX_NAME_CHARACTERS,
        strip=False,
        widget=forms.TextInput(attrs=_AS_TYPED | {"autocomplete": autocomplete} | attributes),
    )


def address_field(**attributes: Any) -> TextField:
    """Return a field for an address there is or should be: not judged, old ones are odd."""
    attributes = _AS_TYPED | {"autocomplete": "email", "inputmode": "email"} | attributes
    return TextField(
        label=_("E-mail address"),
        max_length=MAX_NAME_CHARACTERS,
        widget=forms.TextInput(attrs=attributes),
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


def password_field(label: Any, *, autocomplete: str) -> TextField:
    """Return a field for a password; it never shows what was typed before."""
    return TextField(
        label=label,
        max_length=MAX_PASSWORD_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class CodeField(TextField):
    """A code of digits as people type it: apps show ``123 456``. As .NET's own pages read it."""

    dropped = " -"

    def __init__(self, *, label: Any, **attributes: Any) -> None:
        digits = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        shown = {"class": "code", "autofocus": True}
        super().__init__(
            label=label,
            max_length=MAX_CODE_CHARACTERS,
            widget=forms.TextInput(attrs=(attributes or digits) | shown),
        )

    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        return code.translate(dict.fromkeys(map(ord, self.dropped)))


class RecoveryCodeField(CodeField):
    """A recovery code: the hyphen belongs to it."""

    dropped = " "

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label, autocomplete="off", autocapitalize="characters", spellcheck="false"
        )
