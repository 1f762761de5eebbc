"""The audit trail, where a project keeps it in the database."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import ExactCharField


class AuditEvent(models.Model):
    """One event, as in the log: who, what, from where; never a secret and nothing typed."""

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    event = models.CharField(_("event"), max_length=64)
    user_key = ExactCharField(
        _("user"),
        max_length=450,
        blank=True,
        default="",
        help_text=_("The Id; the account may be gone."),
    )
    address = models.CharField(_("client address"), max_length=64, blank=True, default="")
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        db_table = "identity_bridge_audit_event"
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user_key", "at"], name="ib_audit_event_user")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.event}"
