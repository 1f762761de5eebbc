"""External OpenID providers that are configured in the database."""

from __future__ import annotations

from django.db import migrations, models

from identity_bridge import fields


class Migration(migrations.Migration):
    dependencies = [("identity_bridge", "0004_audit_events")]

    operations = [
        migrations.CreateModel(
            name="IdentityProvider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scheme",
                    fields.ExactCharField(
                        help_text="The LoginProvider of the logins that it vouches for. "
                        "Not to be changed.",
                        max_length=200,
                        unique=True,
                        verbose_name="scheme",
                    ),
                ),
                (
                    "display_name",
                    models.CharField(blank=True, max_length=200, verbose_name="display name"),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "type",
                    models.CharField(
                        choices=[("oidc", "OpenID Connect")],
                        default="oidc",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                (
                    "properties",
                    models.JSONField(
                        default=dict,
                        help_text="Authority, ClientId, Scope, KeyClaim and CallbackPath.",
                        verbose_name="properties",
                    ),
                ),
                (
                    "client_secret",
                    models.TextField(
                        blank=True, help_text="Encrypted.", verbose_name="client secret"
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={
                "verbose_name": "external provider",
                "verbose_name_plural": "external providers",
                "db_table": "identity_bridge_identity_provider",
                "ordering": ["scheme"],
            },
        ),
    ]
