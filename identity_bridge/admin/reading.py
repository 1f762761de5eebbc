"""Admin pages that show rows and do not write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from .nul import RefusesNul

if TYPE_CHECKING:
    from django.http import HttpRequest


class WrittenElsewhere(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the product itself writes: nobody adds or changes them by hand.

    Deleting one may have a meaning, of a grant it is to revoke it; :class:`OnlyToRead` forbids it.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyToRead(WrittenElsewhere):
    """Rows that are a record of what happened: nobody deletes them here either."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
