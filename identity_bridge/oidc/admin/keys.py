"""Signing keys in the admin: where each stands; retire one, announce another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.admin.reading import WrittenElsewhere
from identity_bridge.oidc import clock
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(SigningKey)
class SigningKeyAdmin(WrittenElsewhere):
    list_display = ("key_id", "algorithm", "state", "created", "retired_at")
    list_filter = ("algorithm",)
    ordering = ("-created",)
    actions = ("retire",)
    fields = ("key_id", "algorithm", "state", "created", "retired_at", "public_key")
    readonly_fields = fields

    @admin.display(description=_("state"))
    def state(self, row: SigningKey) -> str:
        age = ring.key_of(row).age
        return key_schedule.state_of(age, ring.schedule(), now=clock.moment()).value

    @admin.action(description=_("Retire the keys: sign no more"), permissions=["delete"])
    def retire(self, request: HttpRequest, queryset: Any) -> None:
        """A key that leaked should be deleted instead: a retired one still verifies."""
        now = clock.moment()
        for row in queryset.filter(Q(retired_at=None) | Q(retired_at__gt=now)):
            row.retired_at = now
            row.save(update_fields=["retired_at"])
        text = gettext("The keys sign no more. A new one is made with the next token.")
        self.message_user(request, text, messages.SUCCESS)
