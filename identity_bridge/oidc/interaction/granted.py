"""What a person has allowed, and where they are signed in; and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import revoking
from identity_bridge.oidc.models import (
    ReferenceToken,
    RefreshToken,
    UserConsent,
    UserSession,
)
from identity_bridge.oidc.sessions import ending, registry
from identity_bridge.oidc.signals import access_removed, session_terminated

from . import consents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What one client has of a user."""

    client: Client
    scopes: Sequence[str]
    since: datetime


def granted_to_clients(user: Any) -> list[Granted]:
    """Return the clients with a remembered consent or a live token: three statements."""
    now = clock.moment()
    found: dict[str, tuple[set[str], datetime]] = {}

    def add(client_id: str, scopes: Any, since: datetime) -> None:
        known, first = found.get(client_id, (set(), since))
        found[client_id] = (known | _scopes_in(scopes), min(first, since))

    live = RefreshToken.objects.filter(user=user, expires__gt=now, consumed=None)
    for client_id, data, since in live.values_list("application__client_id", "data", "created"):
        add(client_id, _member(data, "scopes"), since)
    references = ReferenceToken.objects.filter(
        access_token__user=user, access_token__expires__gt=now
    )
    for claims, since in references.values_list("claims", "access_token__created"):
        if isinstance(client_id := _member(claims, "client_id"), str):
            add(client_id, _member(claims, "scope"), since)
    remembered = UserConsent.objects.filter(user=user).exclude(expires__lte=now)
    for client_id, scopes, since in remembered.values_list(
        "application__client_id", "scopes", "created"
    ):
        add(client_id, scopes, since)
    shown = []
    for client_id, (scopes_, since) in sorted(found.items()):
        client = store.find_client(client_id)
        if client is not None:
            shown.append(Granted(client=client, scopes=sorted(scopes_), since=since))
    return shown


def _scopes_in(stored: Any) -> set[str]:
    """Return the scopes of a row; none of a spoilt one, whose client is listed all the same: it is
    what its user takes back."""
    return {one for one in stored if isinstance(one, str)} if isinstance(stored, list) else set()


def _member(stored: Any, name: str) -> Any:
    return stored.get(name) if isinstance(stored, dict) else None


def take_back(request: HttpRequest, *, client_id: str) -> None:
    """End what a client has of who is signed in: tokens, codes, the remembered consent."""
    user: Any = request.user
    revoking.revoke_grants(user=user, client_id=client_id)
    consents.forget(user=user, client_id=client_id)
    access_removed.send(sender=__name__, request=request, user=user, client=client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    session_id: str
    signed_in: datetime
    last_seen: datetime
    clients: Sequence[Client]
    """Those that were given tokens in it."""
    is_this_one: bool


def sessions_of(request: HttpRequest) -> list[ShownSession]:
    """Return the live sessions of who is signed in, the newest first: four statements."""
    this = registry.current(request)
    live = UserSession.objects.filter(user=request.user.pk, expires__gt=clock.moment())
    return [
        ShownSession(
            session_id=row.session_id,
            signed_in=row.auth_time,
            last_seen=row.renewed,
            clients=[
                client
                for one in row.clients.all()
                if (client := store.find_client(one.application.client_id)) is not None
            ],
            is_this_one=this is not None and row.pk == this.pk,
        )
        for row in live.order_by("-auth_time", "-pk").prefetch_related("clients__application")
    ]


def end_session(request: HttpRequest, *, session_id: str) -> bool:
    """End another session of who is signed in; False if it is not theirs, or this one."""
    this = registry.current(request)
    rows = UserSession.objects.select_related("user").filter(user=request.user.pk)
    row = rows.filter(session_id=session_id).first()
    if row is None or (this is not None and row.pk == this.pk):
        return False
    ending.terminate(row)
    session_terminated.send(sender=__name__, request=request, user=row.user)
    return True
