"""Sessions in the admin: who is signed in where, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from identity_bridge.admin.reading import WrittenElsewhere
from identity_bridge.oidc.models import UserSession
from identity_bridge.oidc.sessions import ending, registry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(UserSession)
class UserSessionAdmin(WrittenElsewhere):
    list_display = ("user", "auth_time", "renewed", "expires", "idp", "clients")
    list_filter = ("idp",)
    list_select_related = ("user",)
    search_fields = ("session_id", "user__normalized_username")
    ordering = ("-auth_time",)
    actions = ("end_sessions",)
    fields = ("user", "session_id", "auth_time", "renewed", "expires", "idp", "methods", "clients")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserSession]:
        rows: QuerySet[UserSession] = super().get_queryset(request)
        return rows.annotate(client_count=Count("clients"))

    @admin.display(description=_("clients"), ordering="client_count")
    def clients(self, row: UserSession) -> str:
        return ", ".join(registry.client_ids(row)) if row.clients.exists() else "-"

    @admin.display(description=_("methods"))
    def methods(self, row: UserSession) -> str:
        return ", ".join(row.amr) or "-"

    @admin.action(description=_("End the sessions and tell their clients"), permissions=["delete"])
    def end_sessions(self, request: HttpRequest, queryset: Any) -> None:
        count = 0
        for row in queryset.select_related("user"):
            ending.terminate(row)
            count += 1
        text = ngettext("%d session was ended.", "%d sessions were ended.", count) % count
        self.message_user(request, text, messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        ending.terminate(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset.select_related("user"):
            ending.terminate(row)
