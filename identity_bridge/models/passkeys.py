"""AspNetUserPasskeys, of schema version 3."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.fields import CascadeForeignKey, CredentialIdField, PasskeyDataField


class UserPasskey(models.Model):
    """IdentityUserPasskey: a WebAuthn credential of a user."""

    credential_id = CredentialIdField(primary_key=True, db_column="CredentialId")
    user = CascadeForeignKey(settings.AUTH_USER_MODEL, db_column="UserId", related_name="passkeys")
    data = PasskeyDataField(_("data"), db_column="Data")

    class Meta:
        db_table = "AspNetUserPasskeys"
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        indexes = [models.Index(fields=["user"], name="IX_AspNetUserPasskeys_UserId")]

    def __str__(self) -> str:
        return self.name or f"{bytes(self.credential_id).hex()[:16]}…"

    @property
    def name(self) -> str | None:
        """The name its owner gave it; None without one, and where the data cannot be read."""
        return self.data.name if isinstance(self.data, PasskeyData) else None
