"""What the pages about new accounts and lost passwords read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity_bridge.account.fields import address_field, checked_address, password_field
from identity_bridge.account.forms import PageForm
from identity_bridge.account.new_password import NewPasswordForm


class RegisterForm(NewPasswordForm):
    email = address_field(autofocus=True)
    new_password = password_field(_("Password"), autocomplete="new-password")

    field_order = ("email", "new_password", "repeat")

    def clean_email(self) -> str:
        return checked_address(self.cleaned_data["email"])


class AddressForm(PageForm):
    """Asks whom a mail is for; what is typed is never said to be wrong."""

    email = address_field(autofocus=True)
