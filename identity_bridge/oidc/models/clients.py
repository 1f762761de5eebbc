"""Clients: what IdentityServer knows of one beside django-oauth-toolkit's Application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.protocol.configuration import (
    AccessTokenType,
    RefreshTokenExpiration,
    RefreshTokenUsage,
)
from identity_bridge.oidc.toolkit.compat import APPLICATION_MODEL

from .secrets import AbstractSecret

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _seconds(label: _StrPromise, default: int) -> models.Field[int, int]:
    return models.PositiveIntegerField(label, default=default)


def _optional_seconds(label: _StrPromise) -> models.Field[int | None, int | None]:
    return models.PositiveIntegerField(label, null=True, blank=True)


def _names(label: _StrPromise) -> models.Field[list[str], list[str]]:
    return models.JSONField(label, default=list, blank=True)


class Client(models.Model):
    """One client. Id, name, redirect URIs, post-logout URIs and CORS origins are the
    Application's; names, meanings and defaults are Duende's, lifetimes are in seconds."""

    application = models.OneToOneField(
        APPLICATION_MODEL, models.CASCADE, primary_key=True, related_name="identity_client"
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    protocol_type = models.CharField(_("protocol"), max_length=200, default="oidc")
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    client_uri = models.CharField(_("home page"), max_length=2000, blank=True, default="")
    logo_uri = models.CharField(_("logo"), max_length=2000, blank=True, default="")
    initiate_login_uri = models.CharField(_("start page"), max_length=2000, blank=True, default="")
    properties = models.JSONField(_("properties"), default=dict, blank=True)

    # What it may do
    require_client_secret = models.BooleanField(_("needs a secret"), default=True)
    allowed_grant_types = _names(_("grant types"))
    allowed_scopes = _names(_("scopes"))
    allow_offline_access = models.BooleanField(_("may get refresh tokens"), default=False)
    require_pkce = models.BooleanField(_("needs PKCE"), default=True)
    allow_plain_text_pkce = models.BooleanField(_("plain PKCE"), default=False)
    allow_access_tokens_via_browser = models.BooleanField(
        _("access tokens through the browser"), default=False
    )
    require_request_object = models.BooleanField(_("needs a request object"), default=False)
    require_pushed_authorization = models.BooleanField(_("needs pushed requests"), default=False)
    pushed_authorization_lifetime = _optional_seconds(_("pushed request lifetime"))
    require_dpop = models.BooleanField(_("needs DPoP"), default=False)
    dpop_validation_mode = models.CharField(_("DPoP proof by"), max_length=20, default="Iat")
    dpop_clock_skew = _seconds(_("DPoP clock skew"), 300)

    # Sign-in and sign-out
    enable_local_login = models.BooleanField(_("password sign-in"), default=True)
    identity_provider_restrictions = _names(_("identity providers"))
    user_sso_lifetime = _optional_seconds(_("sign-in not older than"))
    require_consent = models.BooleanField(_("asks for consent"), default=False)
    allow_remember_consent = models.BooleanField(_("consent may be remembered"), default=True)
    consent_lifetime = _optional_seconds(_("consent lifetime"))
    front_channel_logout_uri = models.CharField(
        _("front-channel logout"), max_length=2000, blank=True, default=""
    )
    front_channel_logout_session_required = models.BooleanField(
        _("front-channel logout with session"), default=True
    )
    back_channel_logout_uri = models.CharField(
        _("back-channel logout"), max_length=2000, blank=True, default=""
    )
    back_channel_logout_session_required = models.BooleanField(
        _("back-channel logout with session"), default=True
    )
    coordinate_lifetime_with_user_session = models.BooleanField(
        _("tokens end with the session"), null=True, blank=True, default=None
    )

    # Tokens
    identity_token_lifetime = _seconds(_("ID token lifetime"), 300)
    allowed_identity_token_signing_algorithms = _names(_("ID token algorithms"))
    always_include_user_claims_in_id_token = models.BooleanField(
        _("user claims in the ID token"), default=False
    )
    access_token_type = models.CharField(
        _("access token type"),
        max_length=10,
        default=AccessTokenType.JWT.value,
        choices=[(one.value, one.value) for one in AccessTokenType],
    )
    access_token_lifetime = models.PositiveIntegerField(
        _("access token lifetime"), default=3600, validators=[MinValueValidator(1)]
    )
    authorization_code_lifetime = _seconds(_("code lifetime"), 300)
    include_jwt_id = models.BooleanField(_("jti"), default=True)
    claims = models.JSONField(_("client claims"), default=list, blank=True)
    always_send_client_claims = models.BooleanField(
        _("client claims in users' tokens"), default=False
    )
    client_claims_prefix = models.CharField(
        _("prefix of client claims"), max_length=200, blank=True, default="client_"
    )
    pair_wise_subject_salt = models.CharField(
        _("pairwise subject salt"), max_length=200, blank=True, default=""
    )

    # Refresh tokens
    refresh_token_usage = models.CharField(
        _("refresh token use"),
        max_length=20,
        default=RefreshTokenUsage.REUSE.value,
        choices=[(one.value, one.value) for one in RefreshTokenUsage],
    )
    refresh_token_expiration = models.CharField(
        _("refresh token expiration"),
        max_length=20,
        default=RefreshTokenExpiration.ABSOLUTE.value,
        choices=[(one.value, one.value) for one in RefreshTokenExpiration],
    )
    absolute_refresh_token_lifetime = _seconds(_("absolute lifetime"), 2_592_000)
    sliding_refresh_token_lifetime = _seconds(_("sliding lifetime"), 1_296_000)
    update_access_token_claims_on_refresh = models.BooleanField(
        _("new claims on refresh"), default=False
    )

    # Devices
    user_code_type = models.CharField(_("user code type"), max_length=100, blank=True, default="")
    device_code_lifetime = _seconds(_("device code lifetime"), 300)
    polling_interval = _optional_seconds(_("polling interval"))
    ciba_lifetime = _optional_seconds(_("CIBA lifetime"))

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def __str__(self) -> str:
        return str(self.application)


class ClientSecret(AbstractSecret):
    client = models.ForeignKey(Client, models.CASCADE, related_name="client_secrets")

    class Meta:
        verbose_name = _("client secret")
        verbose_name_plural = _("client secrets")
