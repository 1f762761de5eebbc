"""Signing keys."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """A key pair. Where it stands in its life follows from ``created`` and the settings."""

    key_id = models.CharField(_("key id"), max_length=200, primary_key=True)
    algorithm = models.CharField(_("algorithm"), max_length=20)
    public_key = models.JSONField(_("public key"), help_text=_("A JSON Web Key."))
    private_key = models.TextField(
        _("private key"),
        blank=True,
        default="",
        help_text=_("Encrypted. Empty: this key only verifies."),
    )
    number = models.PositiveIntegerField(
        _("number"),
        null=True,
        editable=False,
        help_text=_("Counts the keys made here, so that two processes make one."),
    )
    created = models.DateTimeField(_("created"))
    retired_at = models.DateTimeField(
        _("retired"), null=True, blank=True, help_text=_("Signs no more from then on.")
    )

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = [
            models.UniqueConstraint(fields=["algorithm", "number"], name="ib_signingkey_number")
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.key_id}"
