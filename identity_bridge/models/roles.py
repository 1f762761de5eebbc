"""AspNetRoles, AspNetRoleClaims and AspNetUserRoles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.fields import CascadeForeignKey, ExactCharField, ExactTextField, key_field
from identity_bridge.managers import RoleManager

from .stamped import StampedModel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Role(StampedModel):
    """IdentityRole; it may also carry Django permissions, which its members then have."""

    DJANGO_ONLY_FIELDS: ClassVar[frozenset[str]] = frozenset()

    id = key_field()
    name = ExactCharField(_("name"), db_column="Name", max_length=256, null=True)
    normalized_name = ExactCharField(
        db_column="NormalizedName", max_length=256, null=True, blank=True, editable=False
    )
    concurrency_stamp = ExactTextField(
        db_column="ConcurrencyStamp", null=True, blank=True, editable=False
    )
    # Here and not on the user: a project's own user model then needs no table of this app.
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("members"),
        blank=True,
        through="identity_bridge.UserRole",
        related_name="roles",
        related_query_name="roles",
    )
    permissions = models.ManyToManyField(
        "auth.Permission",
        verbose_name=_("permissions"),
        blank=True,
        related_name="identity_roles",
        db_table="identity_bridge_role_permissions",
        help_text=_("Django permissions that every member of this role has."),
    )

    objects = RoleManager()

    class Meta:
        db_table = "AspNetRoles"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["normalized_name"], name="RoleNameIndex")]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def natural_key(self) -> tuple[str | None]:
        return (self.name,)

    def _remember_read(self, fields: Collection[str] | None = None) -> None:
        super()._remember_read(fields)
        if "name" in self.__dict__ and (fields is None or "name" in fields):
            self._read_name = self.name

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        chosen = None if update_fields is None else set(update_fields)
        # A deferred name is not in __dict__: nobody changed it.
        if (
            "name" in self.__dict__
            and (chosen is None or "name" in chosen)
            and (
                self._state.adding
                or not hasattr(self, "_read_name")
                or self.name != self._read_name
            )
        ):
            self.normalized_name = normalize_name(self.name)
            if chosen is not None:
                chosen.add("normalized_name")
        super().save(
            force_insert=force_insert, force_update=force_update, using=using, update_fields=chosen
        )

    def clean(self) -> None:
        self.normalized_name = normalize_name(self.name)


class RoleClaim(models.Model):
    """IdentityRoleClaim: a claim that every member of the role carries."""

    id = models.AutoField(primary_key=True, db_column="Id")
    role = CascadeForeignKey(Role, db_column="RoleId", related_name="claims")
    claim_type = ExactTextField(_("type"), db_column="ClaimType", null=True)
    claim_value = ExactTextField(_("value"), db_column="ClaimValue", null=True, blank=True)

    class Meta:
        db_table = "AspNetRoleClaims"
        verbose_name = _("role claim")
        verbose_name_plural = _("role claims")
        indexes = [models.Index(fields=["role"], name="IX_AspNetRoleClaims_RoleId")]

    def __str__(self) -> str:
        return f"{self.claim_type}: {self.claim_value}"


class UserRole(models.Model):
    """IdentityUserRole: a user's membership in a role."""

    pk = models.CompositePrimaryKey("user_id", "role_id")
    user = CascadeForeignKey(
        settings.AUTH_USER_MODEL, db_column="UserId", related_name="role_memberships"
    )
    role = CascadeForeignKey(Role, db_column="RoleId", related_name="memberships")

    class Meta:
        db_table = "AspNetUserRoles"
        verbose_name = _("role membership")
        verbose_name_plural = _("role memberships")
        indexes = [models.Index(fields=["role"], name="IX_AspNetUserRoles_RoleId")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.role_id}"
