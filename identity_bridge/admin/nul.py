"""Refuse NUL in what an admin page looks rows up by.

No text of PostgreSQL can hold it, and the driver answers with a ValueError: a server error for a
link that somebody mistyped on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest


class RefusesNul:
    """For a ModelAdmin: 400 for NUL in a filter or a selection, "not found" in an object's URL."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Django's own search form refuses NUL in "q" with a message.
        asked = [one for name, values in request.GET.lists() if name != "q" for one in values]
        asked += request.POST.getlist("_selected_action")
        if any("\x00" in one for one in asked):
            raise BadRequest("NUL in a filter or a selection.")
        queryset: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return queryset

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        if "\x00" in object_id:
            return None
        found: Model | None = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        return found
