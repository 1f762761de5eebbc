"""AspNetUsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_email, normalize_name
from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.fields import (
    DateTimeOffsetField,
    ExactCharField,
    ExactTextField,
    FlagField,
    PasswordHashField,
    key_field,
)
from identity_bridge.managers import IdentityUserManager

from .stamped import StampedModel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime


class AbstractIdentityUser(StampedModel, AbstractBaseUser, PermissionsMixin):
    """IdentityUser of ASP.NET Core Identity, and a Django user.

    Subclass it to declare the extra columns of an ApplicationUser; keep
    ``db_table = "AspNetUsers"``. ``manage.py inspect_aspnet_identity --emit-model`` writes the
    subclass for a database.
    """

    DJANGO_ONLY_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"is_active", "is_staff", "is_superuser", "last_login", "date_joined"}
    )

    id = key_field()
    username = ExactCharField(_("user name"), db_column="UserName", max_length=256, null=True)
    normalized_username = ExactCharField(
        db_column="NormalizedUserName", max_length=256, null=True, blank=True, editable=False
    )
    email = ExactCharField(
        _("e-mail address"), db_column="Email", max_length=256, null=True, blank=True
    )
    normalized_email = ExactCharField(
        db_column="NormalizedEmail", max_length=256, null=True, blank=True, editable=False
    )
    email_confirmed = FlagField(_("e-mail confirmed"), db_column="EmailConfirmed", default=False)
    password = PasswordHashField(_("password"), db_column="PasswordHash", null=True, blank=True)
    security_stamp = ExactTextField(
        db_column="SecurityStamp", null=True, blank=True, editable=False, default=new_security_stamp
    )
    concurrency_stamp = ExactTextField(
        db_column="ConcurrencyStamp", null=True, blank=True, editable=False
    )
    phone_number = ExactTextField(_("phone number"), db_column="PhoneNumber", null=True, blank=True)
    phone_number_confirmed = FlagField(
        _("phone number confirmed"), db_column="PhoneNumberConfirmed", default=False
    )
    two_factor_enabled = FlagField(
        _("two-factor authentication"), db_column="TwoFactorEnabled", default=False
    )
    lockout_end = DateTimeOffsetField(
        _("locked until"), db_column="LockoutEnd", null=True, blank=True
    )
    lockout_enabled = FlagField(_("can be locked out"), db_column="LockoutEnabled", default=True)
    access_failed_count = models.IntegerField(
        _("failed attempts"), db_column="AccessFailedCount", default=0
    )

    # What only Django needs; the database fills them when .NET inserts a row.
    is_active = FlagField(
        _("active"),
        db_column="IsActive",
        default=True,
        db_default=True,
        help_text=_("Unselect this instead of deleting accounts."),
    )
    is_staff = FlagField(_("staff status"), db_column="IsStaff", default=False, db_default=False)
    is_superuser = FlagField(
        _("superuser status"), db_column="IsSuperuser", default=False, db_default=False
    )
    last_login = models.DateTimeField(_("last login"), db_column="LastLogin", null=True, blank=True)
    date_joined = models.DateTimeField(
        _("date joined"), db_column="DateJoined", null=True, blank=True, default=timezone.now
    )

    groups = models.ManyToManyField(
        "auth.Group",
        verbose_name=_("groups"),
        blank=True,
        related_name="user_set",
        related_query_name="user",
        db_table="identity_bridge_user_groups",
    )
    user_permissions = models.ManyToManyField(
        "auth.Permission",
        verbose_name=_("user permissions"),
        blank=True,
        related_name="user_set",
        related_query_name="user",
        db_table="identity_bridge_user_permissions",
    )
    objects = IdentityUserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(fields=["normalized_username"], name="UserNameIndex"),
            models.UniqueConstraint(fields=["username"], name="ib_users_username"),
        ]
        indexes = [models.Index(fields=["normalized_email"], name="EmailIndex")]

    def __str__(self) -> str:
        return self.username or str(self.pk)

    # Saving

    def _remember_read(self, fields: Collection[str] | None = None) -> None:
        super()._remember_read(fields)
        names = {
            name: self.__dict__[name]
            for name in ("username", "email")
            if name in self.__dict__ and (fields is None or name in fields)
        }
        self._read_names = getattr(self, "_read_names", {}) | names

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        chosen = None if update_fields is None else set(update_fields)
        for derived in self._derive(chosen):
            if chosen is not None:
                chosen.add(derived)
        super().save(
            force_insert=force_insert, force_update=force_update, using=using, update_fields=chosen
        )

    def _derive(self, chosen: set[str] | None) -> list[str]:
        """Recompute what follows from the columns being written; return the names changed.

        A normalised column is left as it is while its name is: imported rows keep theirs.
        """
        if chosen is not None and chosen <= self.DJANGO_ONLY_FIELDS:
            return []
        derived = []
        read = getattr(self, "_read_names", {})
        for name, normalized, normalize in (
            ("username", "normalized_username", normalize_name),
            ("email", "normalized_email", normalize_email),
        ):
            # A deferred column is not in __dict__: nobody changed it.
            if name not in self.__dict__ or not (chosen is None or name in chosen):
                continue
            value = self.__dict__[name]
            if self._state.adding or name not in read or value != read[name]:
                setattr(self, normalized, normalize(value))
                derived.append(normalized)
        if "security_stamp" in self.__dict__:
            self.security_stamp = self.security_stamp or new_security_stamp()
            derived.append("security_stamp")
        return derived

    def clean(self) -> None:
        # Not AbstractBaseUser.clean(): .NET stores a name as it was typed, without NFKC.
        try:
            self.normalized_username = normalize_name(self.username)
            self.normalized_email = normalize_email(self.email)
        except NormalizationError as error:
            from django.core.exceptions import ValidationError

            raise ValidationError(str(error), code=error.code) from error

    # Passwords and sessions

    def set_password(self, raw_password: str | None) -> None:
        """Set the password; like every change of a password in .NET, it renews the stamp."""
        if raw_password is None:
            self.set_unusable_password()
            return
        from identity_bridge.passwords.checking import new_hash

        self.password = new_hash(raw_password)
        self._password = raw_password  # AbstractBaseUser.save() tells the password validators
        self.security_stamp = new_security_stamp()

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.security_stamp = new_security_stamp()

    def check_password(self, raw_password: str | None) -> bool:
        """Verify a password and upgrade its hash as ``PASSWORD_UPGRADE`` says.

        Neither lockout nor the second factor is looked at: sign people in through
        ``identity_bridge.signin``.
        """
        from identity_bridge.passwords.checking import check_and_upgrade

        return raw_password is not None and check_and_upgrade(self, raw_password)

    async def acheck_password(self, raw_password: str | None) -> bool:
        from asgiref.sync import sync_to_async

        return await sync_to_async(self.check_password)(raw_password)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # The stamp makes "sign out everywhere" of .NET end Django's sessions too.
        return salted_hmac(
            "identity_bridge.models.users.get_session_auth_hash",
            f"{self.security_stamp}\0{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    # State

    def is_locked_out(self, *, now: datetime | None = None) -> bool:
        """Tell if the account is locked (UserManager.IsLockedOutAsync)."""
        if not self.lockout_enabled or self.lockout_end is None:
            return False
        return bool(self.lockout_end >= (now or timezone.now()))

    def has_password(self) -> bool:
        """Tell if the PasswordHash column holds anything (UserManager.HasPasswordAsync)."""
        return self.password is not None and not self.password.startswith("!")

    def get_full_name(self) -> str:
        return self.get_username() or ""

    def get_short_name(self) -> str:
        return self.get_username() or ""


class User(AbstractIdentityUser):
    """IdentityUser as it comes; swap it by AUTH_USER_MODEL for one with more columns."""

    class Meta(AbstractIdentityUser.Meta):
        db_table = "AspNetUsers"
        swappable = "AUTH_USER_MODEL"


__all__ = ["AbstractIdentityUser", "User"]
