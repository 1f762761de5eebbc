"""Scopes and APIs in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.nul import RefusesNul
from identity_bridge.oidc.keys.material import ALGORITHMS
from identity_bridge.oidc.models import (
    ApiResource,
    ApiResourceSecret,
    ApiScope,
    IdentityResource,
)

from .fields import LinesField, PairsField
from .secrets import SecretInline, show_made_secrets

if TYPE_CHECKING:
    from django.http import HttpRequest


class ResourceForm(forms.ModelForm):  # type: ignore[type-arg]
    user_claims = LinesField(label=_("user claims"))
    properties = PairsField(label=_("properties"))


class ScopeForm(ResourceForm):
    def clean_name(self) -> str:
        """A name that means two things is a mistake that users would see."""
        name: str = self.cleaned_data["name"]
        other = ApiScope if isinstance(self.instance, IdentityResource) else IdentityResource
        if other._default_manager.filter(name=name).exists():
            raise ValidationError(_("An identity resource and an API scope have the same name."))
        if any(letter.isspace() for letter in name):
            raise ValidationError(_("Scopes are listed with spaces between them: none inside."))
        return name


class ApiResourceForm(ResourceForm):
    scopes = LinesField(label=_("scopes"))
    allowed_access_token_signing_algorithms = LinesField(label=_("access token algorithms"))

    def clean_allowed_access_token_signing_algorithms(self) -> list[str]:
        given: list[str] = self.cleaned_data["allowed_access_token_signing_algorithms"]
        if unknown := [one for one in given if one not in ALGORITHMS]:
            raise ValidationError(
                _("“%(one)s” is none of %(known)s."),
                params={"one": unknown[0], "known": ", ".join(ALGORITHMS)},
            )
        return given


class _ResourceAdmin(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "display_name", "enabled", "show_in_discovery_document")
    list_filter = ("enabled",)
    search_fields = ("name", "display_name")
    ordering = ("name",)


@admin.register(IdentityResource)
class IdentityResourceAdmin(_ResourceAdmin):
    form = ScopeForm


@admin.register(ApiScope)
class ApiScopeAdmin(_ResourceAdmin):
    form = ScopeForm


class ApiResourceSecretInline(SecretInline):
    model = ApiResourceSecret


@admin.register(ApiResource)
class ApiResourceAdmin(_ResourceAdmin):
    form = ApiResourceForm
    inlines = (ApiResourceSecretInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        show_made_secrets(request, formset)
