"""Sessions of users, and the clients that took part in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.toolkit.compat import APPLICATION_MODEL


class UserSession(models.Model):
    """One sign-in of a user at one browser."""

    session_id = models.CharField(_("sid"), max_length=100, unique=True)
    session_key = models.CharField(
        _("Django session"), max_length=100, db_index=True, editable=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="oidc_sessions")
    issuer = models.CharField(_("issuer"), max_length=500, blank=True, default="")
    auth_time = models.DateTimeField(_("signed in"))
    idp = models.CharField(_("identity provider"), max_length=200, default="local")
    amr = models.JSONField(_("methods"), default=list)
    acr = models.CharField(_("level"), max_length=200, blank=True, default="")
    stamp = models.CharField(_("stamp"), max_length=64, blank=True, default="", editable=False)
    renewed = models.DateTimeField(_("last seen"))
    expires = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return self.session_id


class SessionClient(models.Model):
    """A client that was given tokens in a session; it is told when the session ends."""

    session = models.ForeignKey(UserSession, models.CASCADE, related_name="clients")
    application = models.ForeignKey(APPLICATION_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("client of a session")
        verbose_name_plural = _("clients of sessions")
        constraints = [
            models.UniqueConstraint(fields=["session", "application"], name="ib_sessionclient_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.application_id}"
