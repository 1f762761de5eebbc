"""Secrets in the admin: typed or made once, never shown again."""

from __future__ import annotations

import secrets as random
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.configuration import key_secrets
from identity_bridge.oidc.keys.material import BadKey
from identity_bridge.oidc.protocol import limits
from identity_bridge.oidc.protocol.configuration import SecretType
from identity_bridge.oidc.protocol.shared_secrets import hash_secret

if TYPE_CHECKING:
    from django.http import HttpRequest

MIN_CHARACTERS = 24
"""Stored without salt and rounds, as IdentityServer does: it has to be beyond guessing."""


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]
    new_value = forms.CharField(
        label=_("secret"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1, "cols": 40, "autocomplete": "off"}),
        help_text=_(
            "Empty: one is made and shown once. For the types JWK and X509CertificateBase64 the "
            "public key."
        ),
    )

    class Meta:
        fields = ("type", "new_value", "description", "expiration")

    made: str | None = None
    """The secret that was made, to be shown once."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind, given = cleaned.get("type", ""), cleaned.get("new_value", "")
        if self.instance.pk is not None and not given:
            if kind != self.instance.type:
                self.add_error("type", gettext("Delete this secret and add another."))
            return cleaned
        if kind in {SecretType.SHARED_SECRET, SecretType.PLAIN_TEXT}:
            self._shared(kind, given)
        elif not given:
            self.add_error("new_value", gettext("Paste what the type says."))
        else:
            self._public(kind, given)
        return cleaned

    def _shared(self, kind: str, given: str) -> None:
        if not given:
            given = self.made = random.token_urlsafe(32)
        if not MIN_CHARACTERS <= len(given) <= limits.CLIENT_SECRET:
            text = gettext("From %(least)s to %(most)s characters.")
            numbers = {"least": MIN_CHARACTERS, "most": limits.CLIENT_SECRET}
            self.add_error("new_value", text % numbers)
            return
        is_plain = kind == SecretType.PLAIN_TEXT
        self.instance.value = given if is_plain else hash_secret(given)

    def _public(self, kind: str, given: str) -> None:
        try:
            key_secrets.check(kind, given.strip())
        except BadKey as error:
            self.add_error("new_value", str(error))
            return
        self.instance.value = given.strip()


class SecretInline(admin.TabularInline):  # type: ignore[type-arg]
    form = SecretForm
    extra = 0
    fields = ("type", "new_value", "description", "expiration", "created")
    readonly_fields = ("created",)


def show_made_secrets(request: HttpRequest, formset: Any) -> None:
    """Tell the secrets that were just made; they cannot be read later."""
    for form in formset.forms:
        made = getattr(form, "made", None)
        if made is not None and form not in getattr(formset, "deleted_forms", ()):
            text = gettext("The new secret is %(secret)s. It is not shown again.")
            messages.success(request, text % {"secret": made})
