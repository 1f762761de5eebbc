"""The audit trail, for projects that keep it in the database."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models

import identity_bridge.fields


class Migration(migrations.Migration):
    dependencies = [
        ("identity_bridge", "0003_django"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="time"
                    ),
                ),
                ("event", models.CharField(max_length=64, verbose_name="event")),
                (
                    "user_key",
                    identity_bridge.fields.ExactCharField(
                        blank=True,
                        default="",
                        help_text="The Id; the account may be gone.",
                        max_length=450,
                        verbose_name="user",
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="client address"
                    ),
                ),
                ("details", models.JSONField(default=dict, verbose_name="details")),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "db_table": "identity_bridge_audit_event",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["user_key", "at"], name="ib_audit_event_user")],
            },
        ),
    ]
