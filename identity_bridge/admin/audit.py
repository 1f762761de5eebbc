"""The audit trail in the admin: to read, not to write."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.models import AuditEvent

from .reading import OnlyToRead


@admin.register(AuditEvent)
class AuditEventAdmin(OnlyToRead):
    list_display = ("at", "event", "user_key", "address", "what")
    list_filter = ("event", "at")
    search_fields = ("=user_key", "=address")
    search_help_text = _("The whole Id of a user, or the whole address of a client.")
    show_full_result_count = False  # of a table that only grows
    fields = readonly_fields = ("at", "event", "user_key", "address", "what")

    @admin.display(description=_("details"))
    def what(self, row: AuditEvent) -> str:
        return ", ".join(f"{name}: {value}" for name, value in row.details.items()) or "-"
