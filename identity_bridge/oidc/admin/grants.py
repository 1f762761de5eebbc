"""Consents, refresh tokens and reference tokens in the admin: to read, and to take back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.reading import WrittenElsewhere
from identity_bridge.oidc.grants import revoking
from identity_bridge.oidc.models import ReferenceToken, RefreshToken, UserConsent

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(UserConsent)
class UserConsentAdmin(WrittenElsewhere):
    list_display = ("user", "application", "shown_scopes", "created", "expires")
    list_select_related = ("user", "application")
    search_fields = ("user__normalized_username", "application__client_id")
    ordering = ("-created",)

    @admin.display(description=_("scopes"))
    def shown_scopes(self, row: UserConsent) -> str:
        return " ".join(row.scopes)


@admin.register(RefreshToken)
class RefreshTokenAdmin(WrittenElsewhere):
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


@admin.register(ReferenceToken)
class ReferenceTokenAdmin(WrittenElsewhere):
    """Deleting one ends that access token alone."""

    list_display = ("user", "application", "shown_scopes", "created", "expires")
    list_select_related = ("access_token__user", "access_token__application")
    search_fields = (
        "access_token__user__normalized_username",
        "access_token__application__client_id",
        "session_id",
    )
    ordering = ("-pk",)
    fields = ("user", "application", "session_id", "shown_scopes", "created", "expires")
    readonly_fields = fields

    @admin.display(description=_("user"))
    def user(self, row: ReferenceToken) -> Any:
        return row.access_token.user or "-"

    @admin.display(description=_("application"))
    def application(self, row: ReferenceToken) -> Any:
        return row.access_token.application

    @admin.display(description=_("scopes"))
    def shown_scopes(self, row: ReferenceToken) -> str:
        return " ".join(row.claims["scope"])

    @admin.display(description=_("given out"))
    def created(self, row: ReferenceToken) -> Any:
        return row.access_token.created

    @admin.display(description=_("expires"))
    def expires(self, row: ReferenceToken) -> Any:
        return row.access_token.expires

    def delete_model(self, request: HttpRequest, obj: ReferenceToken) -> None:
        revoking.revoke_reference_token(obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row_id in queryset.values_list("pk", flat=True):
            revoking.revoke_reference_token(row_id)
