"""AspNetUserPasskeys, which only databases of schema version 3 have.

Also initial: ``migrate --fake-initial`` takes it as done where the table exists and makes the
table elsewhere.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from identity_bridge import fields
from identity_bridge.migration_operations import AddCascades


class Migration(migrations.Migration):
    initial = True

    dependencies = [("identity_bridge", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="UserPasskey",
            fields=[
                (
                    "credential_id",
                    fields.CredentialIdField(
                        db_column="CredentialId",
                        max_length=1024,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "user",
                    fields.CascadeForeignKey(
                        db_column="UserId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("data", fields.PasskeyDataField(db_column="Data", verbose_name="data")),
            ],
            options={
                "verbose_name": "passkey",
                "verbose_name_plural": "passkeys",
                "db_table": "AspNetUserPasskeys",
                "indexes": [models.Index(fields=["user"], name="IX_AspNetUserPasskeys_UserId")],
            },
        ),
        AddCascades(["UserPasskey"]),
    ]
