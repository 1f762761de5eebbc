"""The seven tables that every ASP.NET Core Identity database has, with .NET's columns only.

``migrate --fake-initial`` takes this migration as done where they exist.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import identity_bridge.aspnet.stamps
from identity_bridge import fields
from identity_bridge.migration_operations import AddCascades


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", fields.key_field(db_column="Id", primary_key=True, serialize=False)),
                (
                    "username",
                    fields.ExactCharField(
                        db_column="UserName", max_length=256, null=True, verbose_name="user name"
                    ),
                ),
                (
                    "normalized_username",
                    fields.ExactCharField(
                        blank=True,
                        db_column="NormalizedUserName",
                        editable=False,
                        max_length=256,
                        null=True,
                    ),
                ),
                (
                    "email",
                    fields.ExactCharField(
                        blank=True,
                        db_column="Email",
                        max_length=256,
                        null=True,
                        verbose_name="e-mail address",
                    ),
                ),
                (
                    "normalized_email",
                    fields.ExactCharField(
                        blank=True,
                        db_column="NormalizedEmail",
                        editable=False,
                        max_length=256,
                        null=True,
                    ),
                ),
                (
                    "email_confirmed",
                    fields.FlagField(
                        db_column="EmailConfirmed", default=False, verbose_name="e-mail confirmed"
                    ),
                ),
                (
                    "password",
                    fields.PasswordHashField(
                        blank=True, db_column="PasswordHash", null=True, verbose_name="password"
                    ),
                ),
                (
                    "security_stamp",
                    fields.ExactTextField(
                        blank=True,
                        db_column="SecurityStamp",
                        default=identity_bridge.aspnet.stamps.new_security_stamp,
                        editable=False,
                        null=True,
                    ),
                ),
                (
                    "concurrency_stamp",
                    fields.ExactTextField(
                        blank=True, db_column="ConcurrencyStamp", editable=False, null=True
                    ),
                ),
                (
                    "phone_number",
                    fields.ExactTextField(
                        blank=True, db_column="PhoneNumber", null=True, verbose_name="phone number"
                    ),
                ),
                (
                    "phone_number_confirmed",
                    fields.FlagField(
                        db_column="PhoneNumberConfirmed",
                        default=False,
                        verbose_name="phone number confirmed",
                    ),
                ),
                (
                    "two_factor_enabled",
                    fields.FlagField(
                        db_column="TwoFactorEnabled",
                        default=False,
                        verbose_name="two-factor authentication",
                    ),
                ),
                (
                    "lockout_end",
                    fields.DateTimeOffsetField(
                        blank=True, db_column="LockoutEnd", null=True, verbose_name="locked until"
                    ),
                ),
                (
                    "lockout_enabled",
                    fields.FlagField(
                        db_column="LockoutEnabled", default=True, verbose_name="can be locked out"
                    ),
                ),
                (
                    "access_failed_count",
                    models.IntegerField(
                        db_column="AccessFailedCount", default=0, verbose_name="failed attempts"
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "db_table": "AspNetUsers",
                "abstract": False,
                "swappable": "AUTH_USER_MODEL",
                "constraints": [
                    models.UniqueConstraint(fields=["normalized_username"], name="UserNameIndex")
                ],
                "indexes": [models.Index(fields=["normalized_email"], name="EmailIndex")],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", fields.key_field(db_column="Id", primary_key=True, serialize=False)),
                (
                    "name",
                    fields.ExactCharField(
                        db_column="Name", max_length=256, null=True, verbose_name="name"
                    ),
                ),
                (
                    "normalized_name",
                    fields.ExactCharField(
                        blank=True,
                        db_column="NormalizedName",
                        editable=False,
                        max_length=256,
                        null=True,
                    ),
                ),
                (
                    "concurrency_stamp",
                    fields.ExactTextField(
                        blank=True, db_column="ConcurrencyStamp", editable=False, null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "db_table": "AspNetRoles",
                "constraints": [
                    models.UniqueConstraint(fields=["normalized_name"], name="RoleNameIndex")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleClaim",
            fields=[
                (
                    "id",
                    models.AutoField(db_column="Id", primary_key=True, serialize=False),
                ),
                (
                    "role",
                    fields.CascadeForeignKey(
                        db_column="RoleId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="identity_bridge.role",
                    ),
                ),
                (
                    "claim_type",
                    fields.ExactTextField(db_column="ClaimType", null=True, verbose_name="type"),
                ),
                (
                    "claim_value",
                    fields.ExactTextField(
                        blank=True, db_column="ClaimValue", null=True, verbose_name="value"
                    ),
                ),
            ],
            options={
                "verbose_name": "role claim",
                "verbose_name_plural": "role claims",
                "db_table": "AspNetRoleClaims",
                "indexes": [models.Index(fields=["role"], name="IX_AspNetRoleClaims_RoleId")],
            },
        ),
        migrations.CreateModel(
            name="UserClaim",
            fields=[
                (
                    "id",
                    models.AutoField(db_column="Id", primary_key=True, serialize=False),
                ),
                (
                    "user",
                    fields.CascadeForeignKey(
                        db_column="UserId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim_type",
                    fields.ExactTextField(db_column="ClaimType", null=True, verbose_name="type"),
                ),
                (
                    "claim_value",
                    fields.ExactTextField(
                        blank=True, db_column="ClaimValue", null=True, verbose_name="value"
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "db_table": "AspNetUserClaims",
                "indexes": [models.Index(fields=["user"], name="IX_AspNetUserClaims_UserId")],
            },
        ),
        migrations.CreateModel(
            name="UserLogin",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "login_provider",
                        "provider_key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "login_provider",
                    fields.KeyPartField(
                        db_column="LoginProvider", max_length=128, verbose_name="provider"
                    ),
                ),
                (
                    "provider_key",
                    fields.KeyPartField(
                        db_column="ProviderKey", max_length=128, verbose_name="key at the provider"
                    ),
                ),
                (
                    "provider_display_name",
                    fields.ExactTextField(
                        blank=True,
                        db_column="ProviderDisplayName",
                        null=True,
                        verbose_name="display name",
                    ),
                ),
                (
                    "user",
                    fields.CascadeForeignKey(
                        db_column="UserId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "external login",
                "verbose_name_plural": "external logins",
                "db_table": "AspNetUserLogins",
                "indexes": [models.Index(fields=["user"], name="IX_AspNetUserLogins_UserId")],
            },
        ),
        migrations.CreateModel(
            name="UserRole",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "role_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "user",
                    fields.CascadeForeignKey(
                        db_column="UserId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    fields.CascadeForeignKey(
                        db_column="RoleId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="identity_bridge.role",
                    ),
                ),
            ],
            options={
                "verbose_name": "role membership",
                "verbose_name_plural": "role memberships",
                "db_table": "AspNetUserRoles",
                "indexes": [models.Index(fields=["role"], name="IX_AspNetUserRoles_RoleId")],
            },
        ),
        migrations.AddField(
            model_name="role",
            name="users",
            field=models.ManyToManyField(
                blank=True,
                related_name="roles",
                related_query_name="roles",
                through="identity_bridge.UserRole",
                to=settings.AUTH_USER_MODEL,
                verbose_name="members",
            ),
        ),
        migrations.CreateModel(
            name="UserToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "login_provider",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "user",
                    fields.CascadeForeignKey(
                        db_column="UserId",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "login_provider",
                    fields.KeyPartField(
                        db_column="LoginProvider", max_length=128, verbose_name="provider"
                    ),
                ),
                (
                    "name",
                    fields.KeyPartField(db_column="Name", max_length=128, verbose_name="name"),
                ),
                (
                    "value",
                    fields.ExactTextField(
                        blank=True, db_column="Value", null=True, verbose_name="value"
                    ),
                ),
            ],
            options={
                "verbose_name": "token",
                "verbose_name_plural": "tokens",
                "db_table": "AspNetUserTokens",
            },
        ),
        AddCascades(["RoleClaim", "UserClaim", "UserLogin", "UserRole", "UserToken"]),
    ]
