"""What the pages of passkeys read from a visitor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from identity_bridge.account.fields import TextField
from identity_bridge.account.forms import PageForm
from identity_bridge.passkeys.reading import MAX_CHARACTERS

#: As .NET's own page.
MAX_NAME_CHARACTERS = 200


class CredentialForm(forms.Form):
    """What the script puts into a hidden field: the browser's answer, as JSON."""

    credential = TextField(max_length=MAX_CHARACTERS, strip=False)
    remember_me = forms.BooleanField(required=False)
    remember_browser = forms.BooleanField(required=False)


class NameForm(PageForm):
    name = TextField(
        label=_("Name"),
        max_length=MAX_NAME_CHARACTERS,
        required=False,
        help_text=_("So that you know it again, for example: my phone."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewPasskeyForm(NameForm):
    credential = TextField(max_length=MAX_CHARACTERS, strip=False)
