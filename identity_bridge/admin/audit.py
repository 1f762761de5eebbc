"""The audit trail in the admin: to read, not to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.models import AuditEvent

from .nul import RefusesNul

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(AuditEvent)
class AuditEventAdmin(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "event", "user_key", "address", "what")
    list_filter = ("event", "at")
    search_fields = ("=user_key", "=address")
    search_help_text = _("The whole Id of a user, or the whole address of a client.")
    show_full_result_count = False  # of a table that only grows
    fields = readonly_fields = ("at", "event", "user_key", "address", "what")

    @admin.display(description=_("details"))
    def what(self, row: AuditEvent) -> str:
        return ", ".join(f"{name}: {value}" for name, value in row.details.items()) or "-"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
