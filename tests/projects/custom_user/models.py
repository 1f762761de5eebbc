"""ApplicationUser of the sample database sqlite_custom_user.

In the form that ``inspect_aspnet_identity --emit-model`` prints, with defaults that .NET can read.
"""

from __future__ import annotations

from django.db import models

from identity_bridge.models import AbstractIdentityUser


class ApplicationUser(AbstractIdentityUser):
    """Set AUTH_USER_MODEL = "<app>.ApplicationUser" before the first migrate."""

    first_name = models.TextField(db_column="FirstName", default="", blank=True)
    last_name = models.TextField(db_column="LastName", null=True, blank=True)
    # IsActive: AbstractIdentityUser has this column.
    tenant_id = models.IntegerField(db_column="TenantId", default=0)
    date_of_birth = models.DateField(db_column="DateOfBirth", null=True, blank=True)
    balance = models.TextField(db_column="Balance", default="0.0")
    created_at = models.TextField(db_column="CreatedAt", default="1970-01-01 00:00:00+00:00")
    preferences = models.TextField(db_column="Preferences", null=True, blank=True)
    kind = models.TextField(db_column="Kind", default="Personal")
    avatar = models.BinaryField(db_column="Avatar", null=True, blank=True)
    discriminator = models.TextField(db_column="Discriminator", default="ApplicationUser")
    employee_number = models.TextField(db_column="EmployeeNumber", null=True, blank=True)
    manager_id = models.TextField(db_column="ManagerId", null=True, blank=True)

    class Meta(AbstractIdentityUser.Meta):
        db_table = "AspNetUsers"
