"""The Django app "identity_bridge_account": the pages people see."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityBridgeAccountConfig(AppConfig):
    name = "identity_bridge.account"
    label = "identity_bridge_account"
    verbose_name = _("Account pages")

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
        from .external import checks as external_checks  # noqa: F401
