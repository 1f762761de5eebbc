"""Ending grants: of a family, of a session, of a user and client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from identity_bridge.oidc.models import (
    AuthorizationCode,
    DeviceAuthorization,
    ReferenceToken,
    RefreshToken,
)
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.toolkit.compat import (
    access_token_model,
    device_grant_model,
    grant_model,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable


class Replayed(ProtocolError):
    """Something that is good for one use was presented twice; what came of it has to end.

    Whoever catches it calls ``revoke_family`` outside of the transaction that it leaves.
    """

    def __init__(self, family: uuid.UUID) -> None:
        super().__init__(errors.INVALID_GRANT)
        self.family = family


def revoke_family(family: uuid.UUID) -> None:
    """End every token that came of one authorization."""
    with transaction.atomic():
        RefreshToken.objects.filter(family=family).delete()
        _delete(access_token_model(), ReferenceToken.objects.filter(family=family))


def revoke_reference_token(row_id: int) -> None:
    _delete(access_token_model(), ReferenceToken.objects.filter(pk=row_id))


def revoke_session(session_id: str, *, client_ids: Iterable[str] | None = None) -> None:
    """End what these clients, or all, were given in one session.

    In this order: who uses a code or a refresh token at this moment has its row locked until the
    new tokens are written. It is waited for here, and what was written is found after it.
    """
    if not session_id:
        return
    clients = None if client_ids is None else list(client_ids)

    def of(client_id: str) -> Q:
        of_session = Q(session_id=session_id)
        return of_session if clients is None else of_session & Q(**{f"{client_id}__in": clients})

    with transaction.atomic():
        _delete(
            grant_model(), AuthorizationCode.objects.filter(of("grant__application__client_id"))
        )
        _delete(
            device_grant_model(), DeviceAuthorization.objects.filter(of("device_grant__client_id"))
        )
        refresh_tokens = RefreshToken.objects.filter(of("application__client_id"))
        while refresh_tokens.delete()[0]:
            pass
        _delete(
            access_token_model(),
            ReferenceToken.objects.filter(of("access_token__application__client_id")),
        )


def revoke_grants(*, user: Any, client_id: str | None = None) -> None:
    """End all tokens of a user, at one client or at all of them."""
    named = Q() if client_id is None else Q(application__client_id=client_id)
    with transaction.atomic():
        RefreshToken.objects.filter(named, user=user).delete()
        access_token_model().objects.filter(named, user=user).delete()
        grant_model().objects.filter(named, user=user).delete()
        devices = device_grant_model().objects.filter(user=user)
        (devices if client_id is None else devices.filter(client_id=client_id)).delete()


def _delete(model: Any, rows: Any) -> None:
    """Delete the toolkit's rows that ours belong to; ours go with them."""
    found = list(rows.values_list("pk", flat=True))
    if found:
        model.objects.filter(pk__in=found).delete()
