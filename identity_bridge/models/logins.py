"""AspNetUserLogins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import CascadeForeignKey, ExactTextField, KeyPartField


class UserLogin(models.Model):
    """IdentityUserLogin: an account at Google, Microsoft, … that signs this user in."""

    pk = models.CompositePrimaryKey("login_provider", "provider_key")
    login_provider = KeyPartField(_("provider"), db_column="LoginProvider")
    provider_key = KeyPartField(_("key at the provider"), db_column="ProviderKey")
    provider_display_name = ExactTextField(
        _("display name"), db_column="ProviderDisplayName", null=True, blank=True
    )
    user = CascadeForeignKey(settings.AUTH_USER_MODEL, db_column="UserId", related_name="logins")

    class Meta:
        db_table = "AspNetUserLogins"
        verbose_name = _("external login")
        verbose_name_plural = _("external logins")
        indexes = [models.Index(fields=["user"], name="IX_AspNetUserLogins_UserId")]

    def __str__(self) -> str:
        return f"{self.login_provider} {self.provider_key}"
