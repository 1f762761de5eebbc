"""Device authorizations (RFC 8628): a device waits while its user says yes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.models import DeviceAuthorization
from identity_bridge.oidc.protocol.handles import new_device_code, new_user_code, stored_key
from identity_bridge.oidc.toolkit.compat import device_grant_model

from . import contents

if TYPE_CHECKING:
    from datetime import datetime

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.interaction import SignedIn
    from identity_bridge.oidc.protocol.resources import GrantedResources

DEFAULT_INTERVAL = 5
"""Seconds between two polls, where the client has no PollingInterval."""
_ATTEMPTS = 20

PENDING = "authorization-pending"
AUTHORIZED = "authorized"
DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device that waits, or was answered."""

    row_id: int
    client_id: str
    status: str
    expires: datetime
    polled: datetime | None
    interval: int
    scopes: tuple[str, ...]
    """Those asked for; once it is authorized, those allowed."""
    resource_indicators: tuple[str, ...]
    user: AbstractIdentityUser | None
    signed_in: SignedIn | None
    stamp: str
    """Digest of the security stamp when it was allowed."""

    @property
    def is_expired(self) -> bool:
        return self.expires <= clock.moment()


def give_out(client: Client, granted: GrantedResources) -> tuple[str, str, int]:
    """Store a new device; return device code, user code, and the interval of its polls."""
    device_code = new_device_code()
    interval = client.polling_interval or DEFAULT_INTERVAL
    for attempt in range(_ATTEMPTS):
        user_code = new_user_code()
        grants = device_grant_model().objects
        if grants.filter(user_code=_user_code_key(user_code)).exists() and attempt < _ATTEMPTS - 1:
            continue
        try:
            with transaction.atomic():
                row = grants.create(
                    client_id=client.client_id,
                    device_code=stored_key(device_code),
                    user_code=_user_code_key(user_code),
                    scope=" ".join(granted.scopes),
                    interval=interval,
                    expires=clock.moment() + timedelta(seconds=client.device_code_lifetime),
                )
                DeviceAuthorization.objects.create(
                    device_grant=row,
                    data={
                        "resource_indicators": list(granted.resource_indicators),
                        "signed_in": None,
                    },
                )
        except IntegrityError:
            continue
        break
    return device_code, user_code, interval


def find_by_device_code(code: str) -> Device | None:
    return _find(device_grant__device_code=stored_key(code))


def find_by_user_code(code: str) -> Device | None:
    return _find(device_grant__user_code=_user_code_key(code))


def _user_code_key(code: str) -> str:
    """Return what is stored of a user code: nine digits are soon tried out without the secret."""
    return salted_hmac("identity_bridge.oidc.user_code", code, algorithm="sha256").hexdigest()


def _find(**named: Any) -> Device | None:
    rows = DeviceAuthorization.objects.select_related("device_grant__user")
    row = rows.filter(**named).first()
    if row is None:
        return None
    grant, signed_in = row.device_grant, row.data["signed_in"]
    return Device(
        row_id=row.pk,
        client_id=grant.client_id,
        status=grant.status,
        expires=grant.expires,
        polled=row.polled,
        interval=grant.interval,
        scopes=tuple(grant.scope.split()),
        resource_indicators=tuple(row.data["resource_indicators"]),
        user=grant.user,
        signed_in=contents.from_json(signed_in) if signed_in is not None else None,
        stamp=row.data.get("stamp", ""),
    )


def is_polled_too_fast(device: Device) -> bool:
    """Note a poll; tell if it came sooner than the interval allows (RFC 8628, section 3.5)."""
    now = clock.moment()
    DeviceAuthorization.objects.filter(pk=device.row_id).update(polled=now)
    if device.polled is None:
        return False
    return (now - device.polled).total_seconds() < device.interval


def authorize(
    device: Device, *, user: AbstractIdentityUser, signed_in: SignedIn, granted: GrantedResources
) -> bool:
    """Say yes; False if it was answered meanwhile."""
    with transaction.atomic():
        pending = device_grant_model().objects.filter(pk=device.row_id, status=PENDING)
        if not pending.update(status=AUTHORIZED, user=user, scope=" ".join(granted.scopes)):
            return False
        DeviceAuthorization.objects.filter(pk=device.row_id).update(
            session_id=signed_in.session_id,
            data={
                "resource_indicators": list(granted.resource_indicators),
                "signed_in": contents.to_json(signed_in),
                "stamp": security_stamp.digest(user),
            },
        )
    return True


def deny(device: Device) -> bool:
    """Say no; False if it was answered meanwhile."""
    pending = device_grant_model().objects.filter(pk=device.row_id, status=PENDING)
    return bool(pending.update(status=DENIED))


def consume(device: Device) -> bool:
    """Use the device code up; False if somebody else has."""
    DeviceAuthorization.objects.filter(pk=device.row_id).delete()
    deleted, _per_model = device_grant_model().objects.filter(pk=device.row_id).delete()
    return bool(deleted)
