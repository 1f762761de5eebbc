"""Logout notifications in the admin: what clients have not answered, and another try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.reading import WrittenElsewhere
from identity_bridge.oidc import clock
from identity_bridge.oidc.models import LogoutNotification

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(LogoutNotification)
class LogoutNotificationAdmin(WrittenElsewhere):
    list_display = ("client_id", "reason", "created", "attempts", "delivered", "last_error")
    list_filter = ("reason", ("delivered", admin.EmptyFieldListFilter))
    search_fields = ("client_id", "session_id")
    ordering = ("-created",)
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["delete"])
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        queryset.filter(delivered=None).update(next_attempt=clock.moment(), attempts=0)
