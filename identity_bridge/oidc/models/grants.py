"""What codes and tokens carry beyond the rows of django-oauth-toolkit.

``family`` ties together what came of one authorization: whoever replays its code or one of its
refresh tokens ends all of it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.toolkit.compat import (
    ACCESS_TOKEN_MODEL,
    APPLICATION_MODEL,
    DEVICE_GRANT_MODEL,
    GRANT_MODEL,
)


class AuthorizationCode(models.Model):
    """Of a Grant; its ``code`` is a digest."""

    grant = models.OneToOneField(
        GRANT_MODEL, models.CASCADE, primary_key=True, related_name="identity_code"
    )
    session_id = models.CharField(_("sid"), max_length=100, blank=True, db_index=True)
    family = models.UUIDField(_("family"))
    consumed = models.DateTimeField(_("used"), null=True, blank=True)
    data = models.JSONField(_("data"))

    class Meta:
        verbose_name = _("authorization code")
        verbose_name_plural = _("authorization codes")

    def __str__(self) -> str:
        return f"#{self.pk}"


class ReferenceToken(models.Model):
    """Of an AccessToken that stands for its claims; ``claims`` are those a JWT would have."""

    access_token = models.OneToOneField(
        ACCESS_TOKEN_MODEL, models.CASCADE, primary_key=True, related_name="identity_token"
    )
    session_id = models.CharField(_("sid"), max_length=100, blank=True, db_index=True)
    family = models.UUIDField(_("family"), null=True, db_index=True)
    stamp = models.CharField(_("stamp"), max_length=64, blank=True, default="", editable=False)
    claims = models.JSONField(_("claims"))

    class Meta:
        verbose_name = _("reference token")
        verbose_name_plural = _("reference tokens")

    def __str__(self) -> str:
        return f"#{self.pk}"


class RefreshToken(models.Model):
    """A refresh token: a table of its own.

    django-oauth-toolkit's RefreshToken needs an AccessToken beside it, which a JWT has not: its
    ``cleartokens`` deletes every row without.
    """

    key = models.CharField(_("key"), max_length=100, unique=True, help_text=_("A digest."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="oidc_refresh_tokens"
    )
    application = models.ForeignKey(APPLICATION_MODEL, models.CASCADE, related_name="+")
    session_id = models.CharField(_("sid"), max_length=100, blank=True, db_index=True)
    family = models.UUIDField(_("family"), db_index=True)
    created = models.DateTimeField(_("first given out"))
    lifetime = models.PositiveBigIntegerField(_("lifetime"), help_text=_("Seconds since then."))
    expires = models.DateTimeField(_("expires"), db_index=True)
    consumed = models.DateTimeField(_("used"), null=True, blank=True)
    data = models.JSONField(_("data"))

    class Meta:
        verbose_name = _("refresh token")
        verbose_name_plural = _("refresh tokens")

    def __str__(self) -> str:
        return f"#{self.pk}"


class DeviceAuthorization(models.Model):
    """Of a DeviceGrant; its codes are digests."""

    device_grant = models.OneToOneField(
        DEVICE_GRANT_MODEL, models.CASCADE, primary_key=True, related_name="identity_device"
    )
    session_id = models.CharField(_("sid"), max_length=100, blank=True, db_index=True)
    polled = models.DateTimeField(_("last polled"), null=True, blank=True)
    data = models.JSONField(_("data"))

    class Meta:
        verbose_name = _("device authorization")
        verbose_name_plural = _("device authorizations")

    def __str__(self) -> str:
        return f"#{self.pk}"
