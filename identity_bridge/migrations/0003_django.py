"""What only Django needs: its columns of the user, its permissions, the import's memory.

The columns have defaults in the database, so that the INSERT of a .NET application keeps
working.
"""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from identity_bridge import fields
from identity_bridge.migration_operations import (
    AddColumn,
    AddManyToMany,
    AddUniqueIndex,
    CompleteUserModel,
)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("identity_bridge", "0002_passkeys"),
    ]

    operations = [
        AddColumn(
            "user",
            "is_active",
            fields.FlagField(
                db_column="IsActive",
                db_default=True,
                default=True,
                help_text="Unselect this instead of deleting accounts.",
                verbose_name="active",
            ),
        ),
        AddColumn(
            "user",
            "is_staff",
            fields.FlagField(
                db_column="IsStaff", db_default=False, default=False, verbose_name="staff status"
            ),
        ),
        AddColumn(
            "user",
            "is_superuser",
            fields.FlagField(
                db_column="IsSuperuser",
                db_default=False,
                default=False,
                verbose_name="superuser status",
            ),
        ),
        AddColumn(
            "user",
            "last_login",
            models.DateTimeField(
                blank=True, db_column="LastLogin", null=True, verbose_name="last login"
            ),
        ),
        AddColumn(
            "user",
            "date_joined",
            models.DateTimeField(
                blank=True,
                db_column="DateJoined",
                default=django.utils.timezone.now,
                null=True,
                verbose_name="date joined",
            ),
        ),
        AddUniqueIndex(
            "user", models.UniqueConstraint(fields=["username"], name="ib_users_username")
        ),
        AddManyToMany(
            "user",
            "groups",
            models.ManyToManyField(
                blank=True,
                db_table="identity_bridge_user_groups",
                related_name="user_set",
                related_query_name="user",
                to="auth.group",
                verbose_name="groups",
            ),
        ),
        AddManyToMany(
            "user",
            "user_permissions",
            models.ManyToManyField(
                blank=True,
                db_table="identity_bridge_user_permissions",
                related_name="user_set",
                related_query_name="user",
                to="auth.permission",
                verbose_name="user permissions",
            ),
        ),
        AddManyToMany(
            "role",
            "permissions",
            models.ManyToManyField(
                blank=True,
                db_table="identity_bridge_role_permissions",
                help_text="Django permissions that every member of this role has.",
                related_name="identity_roles",
                to="auth.permission",
                verbose_name="permissions",
            ),
        ),
        CompleteUserModel(),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        help_text="Where it read from, without passwords.", verbose_name="source"
                    ),
                ),
                ("generation", models.CharField(max_length=40, verbose_name="generation")),
                ("key_type", models.CharField(max_length=10, verbose_name="key type")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="started"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "running or interrupted"),
                            ("complete", "everything is in"),
                            ("attention", "some records need attention"),
                            ("failed", "failed"),
                            ("undone", "undone"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "exit_code",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="exit code"),
                ),
                ("report", models.JSONField(default=dict, verbose_name="report")),
            ],
            options={
                "verbose_name": "import run",
                "verbose_name_plural": "import runs",
                "db_table": "identity_bridge_import_run",
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="ImportIssue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="issues",
                        to="identity_bridge.importrun",
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("severity", models.CharField(max_length=10, verbose_name="severity")),
                ("table", models.CharField(max_length=64, verbose_name="table")),
                ("key", models.TextField(verbose_name="key")),
                ("message", models.TextField(verbose_name="message")),
            ],
            options={
                "verbose_name": "import issue",
                "verbose_name_plural": "import issues",
                "db_table": "identity_bridge_import_issue",
                "indexes": [models.Index(fields=["run", "code"], name="ib_import_issue_code")],
            },
        ),
        migrations.CreateModel(
            name="ImportedRecord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("user", "user"), ("role", "role")], max_length=4),
                ),
                ("key", fields.ExactCharField(max_length=450)),
                (
                    "run",
                    models.ForeignKey(
                        help_text=(
                            "The run that created the record; empty where it existed before."
                        ),
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="created_records",
                        to="identity_bridge.importrun",
                    ),
                ),
                ("fingerprint", models.BinaryField()),
            ],
            options={
                "verbose_name": "imported record",
                "verbose_name_plural": "imported records",
                "db_table": "identity_bridge_imported_record",
            },
        ),
        migrations.CreateModel(
            name="UndeclaredColumns",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "table",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("table", models.CharField(max_length=64, verbose_name="table")),
                ("key", fields.ExactCharField(max_length=450, verbose_name="key")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
            ],
            options={
                "verbose_name": "undeclared columns",
                "verbose_name_plural": "undeclared columns",
                "db_table": "identity_bridge_undeclared_columns",
            },
        ),
    ]
