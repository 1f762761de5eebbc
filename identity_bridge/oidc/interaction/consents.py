"""Consents that people asked to remember."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import UserConsent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from identity_bridge.oidc.protocol.configuration import Client


def remembered(*, user: Any, client: Client) -> frozenset[str] | None:
    """Return the scopes that the user has allowed for longer: one statement."""
    live = Q(expires=None) | Q(expires__gt=clock.moment())
    rows = UserConsent.objects.filter(live, user=user, application__client_id=client.client_id)
    scopes = rows.values_list("scopes", flat=True).first()
    return None if scopes is None else frozenset(scopes)


def remember(*, user: Any, client: Client, scopes: Iterable[str]) -> None:
    """Keep a consent in place of the one before."""
    now, lifetime = clock.moment(), client.consent_lifetime
    UserConsent.objects.update_or_create(
        user=user,
        application_id=store.application_id(client),
        defaults={
            "scopes": sorted(scopes),
            "created": now,
            "expires": now + timedelta(seconds=lifetime) if lifetime is not None else None,
        },
    )


def forget(*, user: Any, client_id: str) -> None:
    """Ask again next time."""
    UserConsent.objects.filter(user=user, application__client_id=client_id).delete()
