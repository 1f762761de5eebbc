"""The Django app "identity_bridge": the user store, sign-in, the import, the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityBridgeConfig(AppConfig):
    name = "identity_bridge"
    verbose_name = _("Identity")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import (  # noqa: F401 - registers the system checks
            audit,
            checks,
        )
        from .signin import sessions  # noqa: F401 - listens to Django's own signal

        audit.connect()
