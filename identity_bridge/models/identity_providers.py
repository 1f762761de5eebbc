"""External OpenID providers that are configured in the database."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from identity_bridge.fields import ExactCharField


class IdentityProvider(models.Model):
    """A row of IdentityServer's IdentityProviders ("dynamic providers").

    The client secret stands in a column of its own, encrypted, and not in the properties.
    """

    class Type(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")

    scheme = ExactCharField(
        _("scheme"),
        max_length=200,
        unique=True,
        help_text=_("The LoginProvider of the logins that it vouches for. Not to be changed."),
    )
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, default=Type.OIDC)
    properties = models.JSONField(
        _("properties"),
        default=dict,
        help_text=_("Authority, ClientId, Scope, KeyClaim and CallbackPath."),
    )
    client_secret = models.TextField(_("client secret"), blank=True, help_text=_("Encrypted."))
    created = models.DateTimeField(_("created"), auto_now_add=True)
    updated = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        db_table = "identity_bridge_identity_provider"
        verbose_name = _("external provider")
        verbose_name_plural = _("external providers")
        ordering = ["scheme"]

    def __str__(self) -> str:
        return self.display_name or self.scheme
