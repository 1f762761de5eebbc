"""The end of a session: its clients are told, and what should not outlive it is revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.module_loading import import_string

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import revoking
from identity_bridge.oidc.models import UserSession

from . import notifications, registry
from .coordination import is_coordinated

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

USER_LOGOUT = "user_logout"
SESSION_EXPIRATION = "session_expiration"
TERMINATED = "terminated"
AT_ONCE = 50


def end(row: UserSession, *, reason: str, with_tokens: bool = False) -> None:
    """End a session here: notifications are stored in the same transaction and sent after it.

    Tokens of coordinated clients end with it, ``with_tokens`` those of all clients.
    """
    with transaction.atomic():
        # First the row itself: another tab that adds a client waits, and then finds no session; one
        # that has added it is done, and its tokens are there to be found.
        if not UserSession.objects.select_for_update().filter(pk=row.pk).exists():
            return
        found = [store.find_client(client_id) for client_id in registry.client_ids(row)]
        clients = [client for client in found if client is not None]
        notifications.queue(row, clients, reason=reason)
        coordinated = [client.client_id for client in clients if is_coordinated(client)]
        if with_tokens:
            revoking.revoke_session(row.session_id)
        elif coordinated:
            revoking.revoke_session(row.session_id, client_ids=coordinated)
        row.delete()


def terminate(row: UserSession, *, reason: str = TERMINATED) -> None:
    """End a session and all of its tokens from outside of it: its browser is signed out with the
    next request (RemoveSessionsAsync)."""
    sessions = import_string(f"{django_settings.SESSION_ENGINE}.SessionStore")
    sessions(row.session_key).delete()
    end(row, reason=reason, with_tokens=True)


def end_stale(user: AbstractIdentityUser) -> None:
    """End the sessions that a change of the user's security stamp has ended: their browsers are
    signed out by Django with the next request, and may never come again.

    At most AT_ONCE: nobody shall wait for more. The others are good for nothing either, and go
    with the next change or with their time.
    """
    for row in registry.stale(user, AT_ONCE):
        end(row, reason=TERMINATED)


def end_expired(*, limit: int = 100) -> int:
    """End sessions whose time is over; how many."""
    count = 0
    for row in registry.expired(limit):
        end(row, reason=SESSION_EXPIRATION)
        count += 1
    return count
