"""The tables of the provider, beside those of django-oauth-toolkit."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from identity_bridge.oidc.toolkit.compat import (
    ACCESS_TOKEN_MODEL,
    APPLICATION_MODEL,
    DEVICE_GRANT_MODEL,
    GRANT_MODEL,
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiResource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "display_name",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="display name"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "show_in_discovery_document",
                    models.BooleanField(default=True, verbose_name="in the discovery document"),
                ),
                (
                    "user_claims",
                    models.JSONField(blank=True, default=list, verbose_name="user claims"),
                ),
                (
                    "properties",
                    models.JSONField(blank=True, default=dict, verbose_name="properties"),
                ),
                ("scopes", models.JSONField(blank=True, default=list, verbose_name="scopes")),
                (
                    "require_resource_indicator",
                    models.BooleanField(
                        default=False, verbose_name="only where named by a resource indicator"
                    ),
                ),
                (
                    "allowed_access_token_signing_algorithms",
                    models.JSONField(
                        blank=True, default=list, verbose_name="access token algorithms"
                    ),
                ),
            ],
            options={
                "verbose_name": "API resource",
                "verbose_name_plural": "API resources",
            },
        ),
        migrations.CreateModel(
            name="ApiScope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "display_name",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="display name"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "show_in_discovery_document",
                    models.BooleanField(default=True, verbose_name="in the discovery document"),
                ),
                (
                    "user_claims",
                    models.JSONField(blank=True, default=list, verbose_name="user claims"),
                ),
                (
                    "properties",
                    models.JSONField(blank=True, default=dict, verbose_name="properties"),
                ),
                (
                    "required",
                    models.BooleanField(
                        default=False, verbose_name="cannot be left out at consent"
                    ),
                ),
                (
                    "emphasize",
                    models.BooleanField(default=False, verbose_name="emphasized at consent"),
                ),
            ],
            options={
                "verbose_name": "API scope",
                "verbose_name_plural": "API scopes",
            },
        ),
        migrations.CreateModel(
            name="AuthorizationCode",
            fields=[
                (
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="identity_code",
                        serialize=False,
                        to=GRANT_MODEL,
                    ),
                ),
                (
                    "session_id",
                    models.CharField(blank=True, db_index=True, max_length=100, verbose_name="sid"),
                ),
                ("family", models.UUIDField(verbose_name="family")),
                ("consumed", models.DateTimeField(blank=True, null=True, verbose_name="used")),
                ("data", models.JSONField(verbose_name="data")),
            ],
            options={
                "verbose_name": "authorization code",
                "verbose_name_plural": "authorization codes",
            },
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="identity_client",
                        serialize=False,
                        to=APPLICATION_MODEL,
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "protocol_type",
                    models.CharField(default="oidc", max_length=200, verbose_name="protocol"),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "client_uri",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="home page"
                    ),
                ),
                (
                    "logo_uri",
                    models.CharField(blank=True, default="", max_length=2000, verbose_name="logo"),
                ),
                (
                    "initiate_login_uri",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="start page"
                    ),
                ),
                (
                    "properties",
                    models.JSONField(blank=True, default=dict, verbose_name="properties"),
                ),
                (
                    "require_client_secret",
                    models.BooleanField(default=True, verbose_name="needs a secret"),
                ),
                (
                    "allowed_grant_types",
                    models.JSONField(blank=True, default=list, verbose_name="grant types"),
                ),
                (
                    "allowed_scopes",
                    models.JSONField(blank=True, default=list, verbose_name="scopes"),
                ),
                (
                    "allow_offline_access",
                    models.BooleanField(default=False, verbose_name="may get refresh tokens"),
                ),
                ("require_pkce", models.BooleanField(default=True, verbose_name="needs PKCE")),
                (
                    "allow_plain_text_pkce",
                    models.BooleanField(default=False, verbose_name="plain PKCE"),
                ),
                (
                    "allow_access_tokens_via_browser",
                    models.BooleanField(
                        default=False, verbose_name="access tokens through the browser"
                    ),
                ),
                (
                    "require_request_object",
                    models.BooleanField(default=False, verbose_name="needs a request object"),
                ),
                (
                    "require_pushed_authorization",
                    models.BooleanField(default=False, verbose_name="needs pushed requests"),
                ),
                (
                    "pushed_authorization_lifetime",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="pushed request lifetime"
                    ),
                ),
                ("require_dpop", models.BooleanField(default=False, verbose_name="needs DPoP")),
                (
                    "dpop_validation_mode",
                    models.CharField(default="Iat", max_length=20, verbose_name="DPoP proof by"),
                ),
                (
                    "dpop_clock_skew",
                    models.PositiveIntegerField(default=300, verbose_name="DPoP clock skew"),
                ),
                (
                    "enable_local_login",
                    models.BooleanField(default=True, verbose_name="password sign-in"),
                ),
                (
                    "identity_provider_restrictions",
                    models.JSONField(blank=True, default=list, verbose_name="identity providers"),
                ),
                (
                    "user_sso_lifetime",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="sign-in not older than"
                    ),
                ),
                (
                    "require_consent",
                    models.BooleanField(default=False, verbose_name="asks for consent"),
                ),
                (
                    "allow_remember_consent",
                    models.BooleanField(default=True, verbose_name="consent may be remembered"),
                ),
                (
                    "consent_lifetime",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="consent lifetime"
                    ),
                ),
                (
                    "front_channel_logout_uri",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="front-channel logout"
                    ),
                ),
                (
                    "front_channel_logout_session_required",
                    models.BooleanField(
                        default=True, verbose_name="front-channel logout with session"
                    ),
                ),
                (
                    "back_channel_logout_uri",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="back-channel logout"
                    ),
                ),
                (
                    "back_channel_logout_session_required",
                    models.BooleanField(
                        default=True, verbose_name="back-channel logout with session"
                    ),
                ),
                (
                    "coordinate_lifetime_with_user_session",
                    models.BooleanField(
                        blank=True,
                        default=None,
                        null=True,
                        verbose_name="tokens end with the session",
                    ),
                ),
                (
                    "identity_token_lifetime",
                    models.PositiveIntegerField(default=300, verbose_name="ID token lifetime"),
                ),
                (
                    "allowed_identity_token_signing_algorithms",
                    models.JSONField(blank=True, default=list, verbose_name="ID token algorithms"),
                ),
                (
                    "always_include_user_claims_in_id_token",
                    models.BooleanField(default=False, verbose_name="user claims in the ID token"),
                ),
                (
                    "access_token_type",
                    models.CharField(
                        choices=[("Jwt", "Jwt"), ("Reference", "Reference")],
                        default="Jwt",
                        max_length=10,
                        verbose_name="access token type",
                    ),
                ),
                (
                    "access_token_lifetime",
                    models.PositiveIntegerField(
                        default=3600,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="access token lifetime",
                    ),
                ),
                (
                    "authorization_code_lifetime",
                    models.PositiveIntegerField(default=300, verbose_name="code lifetime"),
                ),
                ("include_jwt_id", models.BooleanField(default=True, verbose_name="jti")),
                (
                    "claims",
                    models.JSONField(blank=True, default=list, verbose_name="client claims"),
                ),
                (
                    "always_send_client_claims",
                    models.BooleanField(
                        default=False, verbose_name="client claims in users' tokens"
                    ),
                ),
                (
                    "client_claims_prefix",
                    models.CharField(
                        blank=True,
                        default="client_",
                        max_length=200,
                        verbose_name="prefix of client claims",
                    ),
                ),
                (
                    "pair_wise_subject_salt",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="pairwise subject salt"
                    ),
                ),
                (
                    "refresh_token_usage",
                    models.CharField(
                        choices=[("ReUse", "ReUse"), ("OneTimeOnly", "OneTimeOnly")],
                        default="ReUse",
                        max_length=20,
                        verbose_name="refresh token use",
                    ),
                ),
                (
                    "refresh_token_expiration",
                    models.CharField(
                        choices=[("Sliding", "Sliding"), ("Absolute", "Absolute")],
                        default="Absolute",
                        max_length=20,
                        verbose_name="refresh token expiration",
                    ),
                ),
                (
                    "absolute_refresh_token_lifetime",
                    models.PositiveIntegerField(default=2592000, verbose_name="absolute lifetime"),
                ),
                (
                    "sliding_refresh_token_lifetime",
                    models.PositiveIntegerField(default=1296000, verbose_name="sliding lifetime"),
                ),
                (
                    "update_access_token_claims_on_refresh",
                    models.BooleanField(default=False, verbose_name="new claims on refresh"),
                ),
                (
                    "user_code_type",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="user code type"
                    ),
                ),
                (
                    "device_code_lifetime",
                    models.PositiveIntegerField(default=300, verbose_name="device code lifetime"),
                ),
                (
                    "polling_interval",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="polling interval"
                    ),
                ),
                (
                    "ciba_lifetime",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="CIBA lifetime"
                    ),
                ),
            ],
            options={
                "verbose_name": "client",
                "verbose_name_plural": "clients",
            },
        ),
        migrations.CreateModel(
            name="DeviceAuthorization",
            fields=[
                (
                    "device_grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="identity_device",
                        serialize=False,
                        to=DEVICE_GRANT_MODEL,
                    ),
                ),
                (
                    "session_id",
                    models.CharField(blank=True, db_index=True, max_length=100, verbose_name="sid"),
                ),
                ("polled", models.DateTimeField(blank=True, null=True, verbose_name="last polled")),
                ("data", models.JSONField(verbose_name="data")),
            ],
            options={
                "verbose_name": "device authorization",
                "verbose_name_plural": "device authorizations",
            },
        ),
        migrations.CreateModel(
            name="IdentityResource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "display_name",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="display name"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "show_in_discovery_document",
                    models.BooleanField(default=True, verbose_name="in the discovery document"),
                ),
                (
                    "user_claims",
                    models.JSONField(blank=True, default=list, verbose_name="user claims"),
                ),
                (
                    "properties",
                    models.JSONField(blank=True, default=dict, verbose_name="properties"),
                ),
                (
                    "required",
                    models.BooleanField(
                        default=False, verbose_name="cannot be left out at consent"
                    ),
                ),
                (
                    "emphasize",
                    models.BooleanField(default=False, verbose_name="emphasized at consent"),
                ),
            ],
            options={
                "verbose_name": "identity resource",
                "verbose_name_plural": "identity resources",
            },
        ),
        migrations.CreateModel(
            name="LogoutNotification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_id", models.CharField(max_length=255, verbose_name="client")),
                ("issuer", models.CharField(max_length=500, verbose_name="issuer")),
                ("subject", models.CharField(max_length=450, verbose_name="subject")),
                ("session_id", models.CharField(max_length=100, verbose_name="sid")),
                ("reason", models.CharField(max_length=50, verbose_name="reason")),
                ("created", models.DateTimeField(verbose_name="created")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_attempt",
                    models.DateTimeField(
                        blank=True, db_index=True, null=True, verbose_name="next attempt"
                    ),
                ),
                (
                    "delivered",
                    models.DateTimeField(blank=True, null=True, verbose_name="delivered"),
                ),
                (
                    "last_error",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="last error"
                    ),
                ),
            ],
            options={
                "verbose_name": "logout notification",
                "verbose_name_plural": "logout notifications",
            },
        ),
        migrations.CreateModel(
            name="ReferenceToken",
            fields=[
                (
                    "access_token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="identity_token",
                        serialize=False,
                        to=ACCESS_TOKEN_MODEL,
                    ),
                ),
                (
                    "session_id",
                    models.CharField(blank=True, db_index=True, max_length=100, verbose_name="sid"),
                ),
                ("family", models.UUIDField(db_index=True, null=True, verbose_name="family")),
                (
                    "stamp",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=64, verbose_name="stamp"
                    ),
                ),
                ("claims", models.JSONField(verbose_name="claims")),
            ],
            options={
                "verbose_name": "reference token",
                "verbose_name_plural": "reference tokens",
            },
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "key_id",
                    models.CharField(
                        max_length=200, primary_key=True, serialize=False, verbose_name="key id"
                    ),
                ),
                ("algorithm", models.CharField(max_length=20, verbose_name="algorithm")),
                (
                    "public_key",
                    models.JSONField(help_text="A JSON Web Key.", verbose_name="public key"),
                ),
                (
                    "private_key",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Encrypted. Empty: this key only verifies.",
                        verbose_name="private key",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        editable=False,
                        help_text="Counts the keys made here, so that two processes make one.",
                        null=True,
                        verbose_name="number",
                    ),
                ),
                ("created", models.DateTimeField(verbose_name="created")),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Signs no more from then on.",
                        null=True,
                        verbose_name="retired",
                    ),
                ),
            ],
            options={
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("algorithm", "number"), name="ib_signingkey_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiResourceSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("SharedSecret", "SharedSecret"),
                            ("JWK", "JWK"),
                            ("X509CertificateBase64", "X509CertificateBase64"),
                            ("X509Thumbprint", "X509Thumbprint"),
                            ("X509Name", "X509Name"),
                            ("PlainText", "PlainText"),
                        ],
                        default="SharedSecret",
                        max_length=250,
                        verbose_name="type",
                    ),
                ),
                ("value", models.TextField(verbose_name="value")),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="description"
                    ),
                ),
                ("expiration", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                (
                    "created",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "api_resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_secrets",
                        to="identity_bridge_oidc.apiresource",
                    ),
                ),
            ],
            options={
                "verbose_name": "API secret",
                "verbose_name_plural": "API secrets",
            },
        ),
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("SharedSecret", "SharedSecret"),
                            ("JWK", "JWK"),
                            ("X509CertificateBase64", "X509CertificateBase64"),
                            ("X509Thumbprint", "X509Thumbprint"),
                            ("X509Name", "X509Name"),
                            ("PlainText", "PlainText"),
                        ],
                        default="SharedSecret",
                        max_length=250,
                        verbose_name="type",
                    ),
                ),
                ("value", models.TextField(verbose_name="value")),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=2000, verbose_name="description"
                    ),
                ),
                ("expiration", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                (
                    "created",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="client_secrets",
                        to="identity_bridge_oidc.client",
                    ),
                ),
            ],
            options={
                "verbose_name": "client secret",
                "verbose_name_plural": "client secrets",
            },
        ),
        migrations.CreateModel(
            name="RefreshToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="A digest.", max_length=100, unique=True, verbose_name="key"
                    ),
                ),
                (
                    "session_id",
                    models.CharField(blank=True, db_index=True, max_length=100, verbose_name="sid"),
                ),
                ("family", models.UUIDField(db_index=True, verbose_name="family")),
                ("created", models.DateTimeField(verbose_name="first given out")),
                (
                    "lifetime",
                    models.PositiveBigIntegerField(
                        help_text="Seconds since then.", verbose_name="lifetime"
                    ),
                ),
                ("expires", models.DateTimeField(db_index=True, verbose_name="expires")),
                ("consumed", models.DateTimeField(blank=True, null=True, verbose_name="used")),
                ("data", models.JSONField(verbose_name="data")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=APPLICATION_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oidc_refresh_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "refresh token",
                "verbose_name_plural": "refresh tokens",
            },
        ),
        migrations.CreateModel(
            name="UserSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_id", models.CharField(max_length=100, unique=True, verbose_name="sid")),
                (
                    "session_key",
                    models.CharField(
                        db_index=True, editable=False, max_length=100, verbose_name="Django session"
                    ),
                ),
                (
                    "issuer",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="issuer"),
                ),
                ("auth_time", models.DateTimeField(verbose_name="signed in")),
                (
                    "idp",
                    models.CharField(
                        default="local", max_length=200, verbose_name="identity provider"
                    ),
                ),
                ("amr", models.JSONField(default=list, verbose_name="methods")),
                (
                    "acr",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="level"),
                ),
                (
                    "stamp",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=64, verbose_name="stamp"
                    ),
                ),
                ("renewed", models.DateTimeField(verbose_name="last seen")),
                ("expires", models.DateTimeField(db_index=True, verbose_name="expires")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oidc_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
            },
        ),
        migrations.CreateModel(
            name="UserConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scopes", models.JSONField(default=list, verbose_name="scopes")),
                ("created", models.DateTimeField(verbose_name="created")),
                ("expires", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=APPLICATION_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oidc_consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "application"), name="ib_userconsent_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionClient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=APPLICATION_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clients",
                        to="identity_bridge_oidc.usersession",
                    ),
                ),
            ],
            options={
                "verbose_name": "client of a session",
                "verbose_name_plural": "clients of sessions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "application"), name="ib_sessionclient_once"
                    )
                ],
            },
        ),
    ]
