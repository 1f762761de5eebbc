"""The app of the OpenID provider."""

from __future__ import annotations

from django.apps import AppConfig


class OidcConfig(AppConfig):
    """The OpenID provider; goes after ``oauth2_provider`` in INSTALLED_APPS."""

    name = "identity_bridge.oidc"
    label = "identity_bridge_oidc"
    verbose_name = "OpenID provider"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity_bridge import audit

        from . import checks, signals  # noqa: F401 - registers them
        from .configuration import store
        from .sessions import receivers

        store.connect()
        receivers.connect()
        audit.connect(signals, signals.LEVELS)
