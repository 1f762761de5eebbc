"""Scopes and APIs in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.nul import RefusesNul
from identity_bridge.oidc.models import (
    ApiResource,
    ApiResourceSecret,
    ApiScope,
    IdentityResource,
)
from identity_bridge.oidc.protocol import configuration_rules

from .fields import LinesField, PairsField, add_problems
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
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        add_problems(self, configuration_rules.of_scope(cleaned))
        return cleaned


class ApiResourceForm(ResourceForm):
    scopes = LinesField(label=_("scopes"))
    allowed_access_token_signing_algorithms = LinesField(label=_("access token algorithms"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        add_problems(self, configuration_rules.of_api_resource(cleaned))
        return cleaned


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
