"""Pages that show and do not write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from identity_bridge.admin.nul import RefusesNul

if TYPE_CHECKING:
    from django.http import HttpRequest


class OnlyToRead(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the provider writes; deleting one means revoking it, where that is allowed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
