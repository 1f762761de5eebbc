"""AspNetUserTokens."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import CascadeForeignKey, ExactTextField, KeyPartField

#: LoginProvider of what UserStore itself keeps, and the names of those rows.
INTERNAL_PROVIDER = "[AspNetUserStore]"
AUTHENTICATOR_KEY = "AuthenticatorKey"
RECOVERY_CODES = "RecoveryCodes"


class UserToken(models.Model):
    """IdentityUserToken: the authenticator key, recovery codes, tokens of external providers."""

    pk = models.CompositePrimaryKey("user_id", "login_provider", "name")
    user = CascadeForeignKey(settings.AUTH_USER_MODEL, db_column="UserId", related_name="tokens")
    login_provider = KeyPartField(_("provider"), db_column="LoginProvider")
    name = KeyPartField(_("name"), db_column="Name")
    value = ExactTextField(_("value"), db_column="Value", null=True, blank=True)

    class Meta:
        db_table = "AspNetUserTokens"
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.login_provider} {self.name}"
