"""Clients in the admin: theirs and the Application's columns on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.nul import RefusesNul
from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import reading, writing
from identity_bridge.oidc.models import Client, ClientSecret
from identity_bridge.oidc.protocol import configuration_rules, configuration_warnings, limits
from identity_bridge.oidc.protocol.configuration import GrantType
from identity_bridge.oidc.toolkit.compat import application_model

from .fields import ClaimsField, LinesField, PairsField, add_problems
from .secrets import SecretInline, show_made_secrets

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

#: Fields of the form that are columns of the Application, with the column.
_OF_APPLICATION = {
    "client_id": "client_id",
    "client_name": "name",
    "redirect_uris": "redirect_uris",
    "post_logout_redirect_uris": "post_logout_redirect_uris",
    "allowed_cors_origins": "allowed_origins",
}


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    client_id = forms.CharField(label=_("client id"), max_length=limits.CLIENT_ID)
    client_name = forms.CharField(label=_("name"), max_length=200, required=False)
    redirect_uris = LinesField(label=_("redirect URIs"))
    post_logout_redirect_uris = LinesField(label=_("post-logout redirect URIs"))
    allowed_cors_origins = LinesField(label=_("CORS origins"))
    allowed_grant_types = LinesField(label=_("grant types"), help_text=", ".join(GrantType))
    allowed_scopes = LinesField(label=_("scopes"))
    identity_provider_restrictions = LinesField(label=_("identity providers"))
    allowed_identity_token_signing_algorithms = LinesField(label=_("ID token algorithms"))
    properties = PairsField(label=_("properties"))
    claims = ClaimsField(label=_("client claims"))

    class Meta:
        model = Client
        exclude = ("application",)  # noqa: DJ006 - the page has them all

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        application = self.instance.application
        for name, column in _OF_APPLICATION.items():
            value = getattr(application, column)
            is_list = isinstance(self.fields[name], LinesField)
            self.initial[name] = value.split() if is_list else value

    def clean_client_id(self) -> str:
        client_id: str = self.cleaned_data["client_id"]
        others = application_model().objects.filter(client_id=client_id)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another client has this id."))
        return client_id

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        add_problems(self, configuration_rules.of_client(cleaned))
        return cleaned


class ClientSecretInline(SecretInline):
    model = ClientSecret


@admin.register(Client)
class ClientAdmin(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    form = ClientForm
    list_display = ("client_id", "name", "enabled", "grants", "needs_secret")
    list_filter = ("enabled", "require_client_secret", "require_consent")
    list_select_related = ("application",)
    search_fields = ("application__client_id", "application__name")
    ordering = ("application__client_id",)
    inlines = (ClientSecretInline,)
    fieldsets = (
        (None, {"fields": ("client_id", "client_name", "enabled", "description")}),
        (
            _("What it may do"),
            {
                "fields": (
                    "allowed_grant_types",
                    "allowed_scopes",
                    "allow_offline_access",
                    "require_client_secret",
                    ("require_pkce", "allow_plain_text_pkce"),
                    "allow_access_tokens_via_browser",
                )
            },
        ),
        (
            _("Addresses"),
            {
                "fields": (
                    "redirect_uris",
                    "post_logout_redirect_uris",
                    "allowed_cors_origins",
                    ("front_channel_logout_uri", "front_channel_logout_session_required"),
                    ("back_channel_logout_uri", "back_channel_logout_session_required"),
                    "client_uri",
                    "logo_uri",
                    "initiate_login_uri",
                )
            },
        ),
        (
            _("Tokens"),
            {
                "fields": (
                    ("access_token_type", "access_token_lifetime"),
                    ("identity_token_lifetime", "authorization_code_lifetime"),
                    ("refresh_token_usage", "refresh_token_expiration"),
                    ("absolute_refresh_token_lifetime", "sliding_refresh_token_lifetime"),
                    "update_access_token_claims_on_refresh",
                    "always_include_user_claims_in_id_token",
                    "allowed_identity_token_signing_algorithms",
                    "include_jwt_id",
                    "claims",
                    ("always_send_client_claims", "client_claims_prefix"),
                )
            },
        ),
        (
            _("Sign-in and consent"),
            {
                "fields": (
                    ("require_consent", "allow_remember_consent", "consent_lifetime"),
                    "enable_local_login",
                    "identity_provider_restrictions",
                    "user_sso_lifetime",
                    "coordinate_lifetime_with_user_session",
                    ("device_code_lifetime", "polling_interval", "user_code_type"),
                )
            },
        ),
        (
            _("Other"),
            {
                "classes": ("collapse",),
                "fields": (
                    "protocol_type",
                    "pair_wise_subject_salt",
                    "require_request_object",
                    ("require_pushed_authorization", "pushed_authorization_lifetime"),
                    ("require_dpop", "dpop_validation_mode", "dpop_clock_skew"),
                    "ciba_lifetime",
                    "properties",
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        rows: QuerySet[Client] = super().get_queryset(request)
        return rows.select_related("application")

    @admin.display(description=_("client id"), ordering="application__client_id")
    def client_id(self, row: Client) -> str:
        return str(row.application.client_id)

    @admin.display(description=_("name"), ordering="application__name")
    def name(self, row: Client) -> str:
        return str(row.application.name)

    @admin.display(description=_("grant types"))
    def grants(self, row: Client) -> str:
        return ", ".join(grant.rpartition(":")[2] for grant in row.allowed_grant_types)

    @admin.display(description=_("secret"), boolean=True, ordering="require_client_secret")
    def needs_secret(self, row: Client) -> bool:
        return row.require_client_secret

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        with transaction.atomic():
            application = (
                obj.application if change else application_model()(client_secret="", algorithm="")
            )
            for name, column in _OF_APPLICATION.items():
                value = form.cleaned_data[name]
                setattr(application, column, " ".join(value) if isinstance(value, list) else value)
            application.client_type = "confidential" if obj.require_client_secret else "public"
            application.authorization_grant_type = writing.shown_grant(obj.allowed_grant_types)
            application.skip_authorization = not obj.require_consent
            application.save()
            obj.application = application
            obj.save()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        show_made_secrets(request, formset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Its secrets are there now too.
        saved = Client.objects.select_related("application").get(pk=form.instance.pk)
        grants = get_settings().OIDC_EXTENSION_GRANTS
        for text in configuration_warnings.of_client(
            reading.client_of(saved), extension_grants=grants
        ):
            messages.warning(request, text)

    def delete_model(self, request: HttpRequest, obj: Client) -> None:
        obj.application.delete()  # and with it the client, its secrets and its tokens

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name what goes with the Application, which is more than what goes with the Client."""
        applications = [row.application for row in objs]
        found, counts, _lacking, protected = super().get_deleted_objects(applications, request)
        return found, counts, set(), protected
