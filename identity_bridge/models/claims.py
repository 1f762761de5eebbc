"""AspNetUserClaims."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import CascadeForeignKey, ExactTextField


class UserClaim(models.Model):
    """IdentityUserClaim: a statement about a user. It grants nothing by itself."""

    id = models.AutoField(primary_key=True, db_column="Id")
    user = CascadeForeignKey(settings.AUTH_USER_MODEL, db_column="UserId", related_name="claims")
    claim_type = ExactTextField(_("type"), db_column="ClaimType", null=True)
    claim_value = ExactTextField(_("value"), db_column="ClaimValue", null=True, blank=True)

    class Meta:
        db_table = "AspNetUserClaims"
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["user"], name="IX_AspNetUserClaims_UserId")]

    def __str__(self) -> str:
        return f"{self.claim_type}: {self.claim_value}"
