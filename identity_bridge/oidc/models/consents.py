"""Consents that people asked to remember."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.toolkit.compat import APPLICATION_MODEL


class UserConsent(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="oidc_consents")
    application = models.ForeignKey(APPLICATION_MODEL, models.CASCADE, related_name="+")
    scopes = models.JSONField(_("scopes"), default=list)
    created = models.DateTimeField(_("created"))
    expires = models.DateTimeField(_("expires"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["user", "application"], name="ib_userconsent_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.application_id}"
