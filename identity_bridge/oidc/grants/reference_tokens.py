"""Reference tokens: access tokens whose claims stay here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import ReferenceToken
from identity_bridge.oidc.protocol.handles import new_handle, stored_key
from identity_bridge.oidc.toolkit.compat import access_token_model

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.configuration import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    row_id: int
    claims: dict[str, Any]
    user: AbstractIdentityUser | None
    stamp: str
    is_expired: bool


def give_out(
    claims: dict[str, Any],
    *,
    client: Client,
    user: AbstractIdentityUser | None,
    family: uuid.UUID | None,
) -> str:
    """Store the claims of an access token and return its handle: two statements."""
    handle = new_handle()
    row = access_token_model()(
        user=user,
        token="",
        token_checksum=stored_key(handle),
        application_id=store.application_id(client),
        expires=clock.moment(claims["exp"]),
        scope=" ".join(claims["scope"]),
    )
    row.save(force_insert=True)
    ReferenceToken.objects.create(
        access_token=row,
        session_id=claims.get("sid", ""),
        family=family,
        stamp=security_stamp.digest(user),
        claims=claims,
    )
    return handle


def find(handle: str) -> Reference | None:
    """Return what a handle stands for, None if it was never given out or is revoked."""
    rows = ReferenceToken.objects.select_related("access_token__user")
    found = rows.filter(access_token__token_checksum=stored_key(handle))[:1]
    row = next(iter(found), None)
    if row is None:
        return None
    return Reference(
        row_id=row.pk,
        claims=row.claims,
        user=row.access_token.user,
        stamp=row.stamp,
        is_expired=row.claims["exp"] <= clock.seconds(),
    )
