"""Refresh tokens: given out, used, renewed (DefaultRefreshTokenService)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc import clock
from identity_bridge.oidc.models import RefreshToken
from identity_bridge.oidc.protocol.configuration import Client, RefreshTokenUsage
from identity_bridge.oidc.protocol.handles import new_handle, stored_key
from identity_bridge.oidc.protocol.lifetimes import next_lifetime

from . import contents

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.interaction import SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """What a refresh token stands for."""

    application_id: int
    user: AbstractIdentityUser
    signed_in: SignedIn
    scopes: tuple[str, ...]
    resource_indicators: tuple[str, ...] = ()
    user_claims: dict[str, Any] = field(default_factory=dict)
    """Claims of the access token as they were when it was first given out, by resource."""
    stamp: str = ""
    """Digest of the security stamp then."""
    family: uuid.UUID
    created: datetime
    lifetime: int
    consumed: datetime | None = None
    row_id: int = 0
    is_changed: bool = False
    """Differs from the row."""

    @property
    def expires(self) -> datetime:
        return self.created + timedelta(seconds=self.lifetime)


def give_out(refresh: Refresh) -> str:
    """Store a refresh token and return its handle: one statement."""
    handle = new_handle()
    RefreshToken.objects.create(
        key=stored_key(handle),
        user_id=refresh.user.pk,
        application_id=refresh.application_id,
        session_id=refresh.signed_in.session_id,
        family=refresh.family,
        created=refresh.created,
        lifetime=refresh.lifetime,
        expires=refresh.expires,
        data=_data(refresh),
    )
    return handle


def find(handle: str) -> Refresh | None:
    """Return what a handle stands for, expired and used ones too: one statement."""
    rows = RefreshToken.objects.select_related("user")
    row = next(iter(rows.filter(key=stored_key(handle))[:1]), None)
    if row is None:
        return None
    data = row.data
    return Refresh(
        row_id=row.pk,
        application_id=row.application_id,
        user=row.user,
        signed_in=contents.from_json(data["signed_in"]),
        scopes=tuple(data["scopes"]),
        resource_indicators=tuple(data["resource_indicators"]),
        user_claims=data["user_claims"],
        stamp=data["stamp"],
        family=row.family,
        created=row.created,
        lifetime=row.lifetime,
        consumed=row.consumed,
    )


def renew(handle: str, refresh: Refresh, *, client: Client) -> str | None:
    """Use a token: its handle for the next time, None if somebody else has just used it up.

    ReUse writes only what has changed, OneTimeOnly marks the old row and writes a new one.
    """
    now = clock.moment()
    elapsed = int((now - refresh.created).total_seconds())
    lifetime = next_lifetime(client, current=refresh.lifetime, elapsed=elapsed)
    after = replace(refresh, lifetime=lifetime)
    rows = RefreshToken.objects.filter(pk=refresh.row_id, consumed=None)
    if client.refresh_token_usage == RefreshTokenUsage.ONE_TIME_ONLY:
        if rows.update(consumed=now) != 1:
            return None
        return give_out(after)
    if lifetime != refresh.lifetime or refresh.is_changed:
        written = rows.update(lifetime=lifetime, expires=after.expires, data=_data(after))
        return handle if written == 1 else None
    # Locked until the new tokens are written: whoever revokes this one waits, and finds them.
    return handle if rows.select_for_update().exists() else None


def _data(refresh: Refresh) -> dict[str, Any]:
    return {
        "signed_in": contents.to_json(refresh.signed_in),
        "scopes": list(refresh.scopes),
        "resource_indicators": list(refresh.resource_indicators),
        "user_claims": refresh.user_claims,
        "stamp": refresh.stamp,
    }
