"""Secrets of clients and of API resources, as IdentityServer stores them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.protocol.configuration import SecretType


class AbstractSecret(models.Model):
    """One of several secrets. ``value`` is what the type says, never the secret in clear but for
    ``PlainText``."""

    type = models.CharField(
        _("type"),
        max_length=250,
        default=SecretType.SHARED_SECRET.value,
        choices=[(one.value, one.value) for one in SecretType],
    )
    value = models.TextField(_("value"))
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    expiration = models.DateTimeField(_("expires"), null=True, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description or f"{self.type} #{self.pk}"
