"""Consents and refresh tokens in the admin: to read, and to take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.oidc.grants import revoking
from identity_bridge.oidc.models import RefreshToken, UserConsent

from .reading import OnlyToRead

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(UserConsent)
class UserConsentAdmin(OnlyToRead):
    list_display = ("user", "application", "shown_scopes", "created", "expires")
    list_select_related = ("user", "application")
    search_fields = ("user__normalized_username", "application__client_id")
    ordering = ("-created",)

    @admin.display(description=_("scopes"))
    def shown_scopes(self, row: UserConsent) -> str:
        return " ".join(row.scopes)


@admin.register(RefreshToken)
class RefreshTokenAdmin(OnlyToRead):
    """Deleting one ends all tokens that came of the same authorization."""

    list_display = ("user", "application", "shown_scopes", "created", "expires", "is_used")
    list_select_related = ("user", "application")
    search_fields = ("user__normalized_username", "application__client_id", "session_id")
    ordering = ("-created",)
    fields = ("user", "application", "session_id", "shown_scopes", "created", "expires", "consumed")
    readonly_fields = fields

    @admin.display(description=_("scopes"))
    def shown_scopes(self, row: RefreshToken) -> str:
        return " ".join(row.data["scopes"])

    @admin.display(description=_("used"), boolean=True)
    def is_used(self, row: RefreshToken) -> bool:
        return row.consumed is not None

    def delete_model(self, request: HttpRequest, obj: RefreshToken) -> None:
        revoking.revoke_family(obj.family)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for family in queryset.values_list("family", flat=True).distinct():
            revoking.revoke_family(family)
