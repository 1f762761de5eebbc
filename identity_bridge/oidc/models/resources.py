"""Scopes and APIs: what clients ask for, and which claims go with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .secrets import AbstractSecret


class AbstractResource(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    display_name = models.CharField(_("display name"), max_length=200, blank=True, default="")
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    show_in_discovery_document = models.BooleanField(_("in the discovery document"), default=True)
    user_claims = models.JSONField(_("user claims"), default=list, blank=True)
    properties = models.JSONField(_("properties"), default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class AbstractScope(AbstractResource):
    required = models.BooleanField(_("cannot be left out at consent"), default=False)
    emphasize = models.BooleanField(_("emphasized at consent"), default=False)

    class Meta:
        abstract = True


class IdentityResource(AbstractScope):
    """A scope for data about the user."""

    class Meta:
        verbose_name = _("identity resource")
        verbose_name_plural = _("identity resources")


class ApiScope(AbstractScope):
    """A scope for access to an API."""

    class Meta:
        verbose_name = _("API scope")
        verbose_name_plural = _("API scopes")


class ApiResource(AbstractResource):
    """An API: an audience, and the scopes it owns."""

    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    require_resource_indicator = models.BooleanField(
        _("only where named by a resource indicator"), default=False
    )
    allowed_access_token_signing_algorithms = models.JSONField(
        _("access token algorithms"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("API resource")
        verbose_name_plural = _("API resources")


class ApiResourceSecret(AbstractSecret):
    api_resource = models.ForeignKey(ApiResource, models.CASCADE, related_name="api_secrets")

    class Meta:
        verbose_name = _("API secret")
        verbose_name_plural = _("API secrets")
