"""What the pages read from a visitor. Which of it is right, the sign-in flow decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity_bridge.conf import get_settings

from .fields import CodeField, RecoveryCodeField, name_field, password_field


class PageForm(forms.Form):
    """A form of a page: labels stand above their fields, without a colon."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class _SignInForm(PageForm):
    """A form whose bad input is answered like a wrong answer: it tells nothing."""

    refused = _("That is not right. Please try again.")

    def refuse(self) -> None:
        """Say that the input was wrong, and no more."""
        self.errors.clear()
        self.add_error(None, str(self.refused))


class LoginForm(_SignInForm):
    username = name_field(_("User name"), autocomplete="username", autofocus=True)
    password = password_field(_("Password"), autocomplete="current-password")
    remember_me = forms.BooleanField(label=_("Keep me signed in"), required=False)

    refused = _("The user name or the password is not right, or the account may not sign in.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if get_settings().LOGIN_BY_EMAIL:
            self.fields["username"].label = _("User name or e-mail address")


class TwoFactorForm(_SignInForm):
    code = CodeField(label=_("Code"))
    remember_browser = forms.BooleanField(
        label=_("Do not ask for a code in this browser again"), required=False
    )

    refused = _("This code is not right, or it has been used. Wait for the next one and try again.")


class AuthenticatorForm(_SignInForm):
    """Below the key: a focus from the start would scroll past it."""

    code = CodeField(label=_("Code"))

    refused = _(
        "This code is not right. Scan the picture again, or type the key again, and look whether "
        "the clock of your telephone is right."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]


class MessageCodeForm(TwoFactorForm):
    refused = _("This code is not right, or it is too old. Use the one of the latest message.")


class RecoveryCodeForm(_SignInForm):
    code = RecoveryCodeField(label=_("Recovery code"))

    refused = _("This recovery code is not right, or it has been used.")
