"""Deleting what nobody can use any more, in batches that keep no lock for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from identity_bridge.oidc import clock
from identity_bridge.oidc.models import (
    AuthorizationCode,
    DeviceAuthorization,
    LogoutNotification,
    ReferenceToken,
    RefreshToken,
    UserConsent,
)
from identity_bridge.oidc.toolkit.compat import (
    access_token_model,
    device_grant_model,
    grant_model,
)

KEEP_NOTIFICATIONS = timedelta(days=30)
KEEP_DEVICES = timedelta(hours=1)
"""A device that polls late is told that its code is over, and not that there is none."""


def clear_expired(*, batch_size: int) -> dict[str, int]:
    """Delete and count: codes, reference tokens, refresh tokens, device codes, consents,
    notifications."""
    now = clock.moment()
    codes = AuthorizationCode.objects.filter(grant__expires__lte=now)
    reference = ReferenceToken.objects.filter(access_token__expires__lte=now)
    devices = DeviceAuthorization.objects.filter(device_grant__expires__lte=now - KEEP_DEVICES)
    old = LogoutNotification.objects.filter(created__lte=now - KEEP_NOTIFICATIONS)
    return {
        "codes": _clear(codes, grant_model(), batch_size),
        "reference tokens": _clear(reference, access_token_model(), batch_size),
        "refresh tokens": _clear(
            RefreshToken.objects.filter(expires__lte=now), RefreshToken, batch_size
        ),
        "device codes": _clear(devices, device_grant_model(), batch_size),
        "consents": _clear(UserConsent.objects.filter(expires__lte=now), UserConsent, batch_size),
        "logout notifications": _clear(old, LogoutNotification, batch_size),
    }


def _clear(rows: Any, owner: Any, batch_size: int) -> int:
    """Delete the rows of ``owner`` that ``rows`` belong to, which have the same keys."""
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:batch_size]):
        with transaction.atomic():
            owner.objects.filter(pk__in=keys).delete()
        count += len(keys)
    return count
