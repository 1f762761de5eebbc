"""External OpenID providers: the client secret is typed here and never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.external.client_secrets import encrypt
from identity_bridge.external.errors import LibraryMissing, ProviderMisconfigured
from identity_bridge.external.provider import parse
from identity_bridge.external.registry import holder_of_callback, options_of
from identity_bridge.models import IdentityProvider

from .nul import RefusesNul

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Field of the form -> member of the properties, as IdentityServer names it.
PROPERTIES = {
    "authority": "Authority",
    "client_id": "ClientId",
    "scope": "Scope",
    "key_claim": "KeyClaim",
    "callback_path": "CallbackPath",
}


class IdentityProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    authority = forms.CharField(
        label=_("issuer"),
        max_length=500,
        help_text=_("An address; /.well-known/openid-configuration is read below it."),
    )
    client_id = forms.CharField(label=_("client id"), max_length=500)
    new_secret = forms.CharField(
        label=_("client secret"),
        required=False,
        strip=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Encrypted, and never shown. Empty: stays as it is."),
    )
    scope = forms.CharField(
        label=_("scopes"),
        required=False,
        max_length=1000,
        help_text=_("With spaces between them. Empty: openid profile email."),
    )
    key_claim = forms.CharField(
        label=_("key claim"),
        required=False,
        max_length=200,
        help_text=_("The claim that is the key of a login. Empty: sub. Not to be changed."),
    )
    callback_path = forms.CharField(
        label=_("callback path"),
        required=False,
        max_length=500,
        help_text=_("Path of the redirect URI, if it is not that of the account pages."),
    )

    class Meta:
        model = IdentityProvider
        fields = ("scheme", "display_name", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.instance.properties if isinstance(self.instance.properties, dict) else {}
        for name, member in PROPERTIES.items():
            self.fields[name].initial = given.get(member, "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kept = self.instance.properties if isinstance(self.instance.properties, dict) else {}
        given = {member: cleaned.get(name, "") for name, member in PROPERTIES.items()}
        # What an import has brought and nothing here reads stays.
        properties = kept | given
        scheme = cleaned.get("scheme", self.instance.scheme)
        path = cleaned.get("callback_path", "")
        if holder := holder_of_callback(path, beside=scheme):
            text = _("%(scheme)s has this path already. Each provider needs one of its own.")
            self.add_error("callback_path", text % {"scheme": holder})
        try:
            parse(scheme, options_of(properties))
        except ProviderMisconfigured as error:
            self.add_error(None, error.detail)
            return cleaned
        self.instance.properties = properties
        if secret := cleaned.get("new_secret"):
            try:
                self.instance.client_secret = encrypt(secret)
            except LibraryMissing as error:
                self.add_error("new_secret", error.detail)
        return cleaned


@admin.register(IdentityProvider)
class IdentityProviderAdmin(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    form = IdentityProviderForm
    list_display = ("scheme", "display_name", "enabled", "updated")
    list_filter = ("enabled",)
    search_fields = ("scheme", "display_name")
    fields = ("scheme", "display_name", "enabled", "authority", "client_id", "new_secret", "scope",
              "key_claim", "callback_path")  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Logins are found by it.
        return ("scheme",) if obj is not None else ()
