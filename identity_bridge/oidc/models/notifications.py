"""Logout tokens on their way to clients."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LogoutNotification(models.Model):
    """One client to be told that one session is over; kept until it answered or is given up."""

    client_id = models.CharField(_("client"), max_length=255)
    issuer = models.CharField(_("issuer"), max_length=500)
    subject = models.CharField(_("subject"), max_length=450)
    session_id = models.CharField(_("sid"), max_length=100)
    reason = models.CharField(_("reason"), max_length=50)
    created = models.DateTimeField(_("created"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt = models.DateTimeField(_("next attempt"), null=True, blank=True, db_index=True)
    delivered = models.DateTimeField(_("delivered"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("logout notification")
        verbose_name_plural = _("logout notifications")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.session_id}"
