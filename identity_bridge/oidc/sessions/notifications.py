"""Logout tokens to clients (OpenID Connect Back-Channel Logout 1.0).

Rows are written with the end of the session, so that none is lost; sending is tried at once in a
thread, and again by ``send_logout_notifications`` until the client has answered.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import requests
from django.db import connection, transaction

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.models import LogoutNotification
from identity_bridge.oidc.protocol import token_contents
from identity_bridge.oidc.tokens.issuing import new_jwt_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from identity_bridge.oidc.models import UserSession
    from identity_bridge.oidc.protocol.configuration import Client

logger = logging.getLogger("identity_bridge.oidc")

#: Seconds to wait after each failure; after the last one nobody tries again.
RETRY_AFTER = (10, 60, 300, 1800, 7200)
TIMEOUT = (3.05, 10)
"""Seconds to connect, and to answer."""
IN_THREAD, BY_COMMAND = "thread", "command"


def queue(row: UserSession, clients: Iterable[Client], *, reason: str) -> None:
    """Store what the clients have to be told, and send it after the transaction."""
    now = clock.moment()
    subject = get_adapter().get_sub(user=row.user)
    created = LogoutNotification.objects.bulk_create(
        LogoutNotification(
            client_id=client.client_id,
            issuer=row.issuer or get_settings().OIDC_ISSUER or "",
            subject=subject,
            session_id=row.session_id,
            reason=reason,
            created=now,
            next_attempt=now,
        )
        for client in clients
        if client.back_channel_logout_uri
    )
    if created and get_settings().OIDC_LOGOUT_DELIVERY == IN_THREAD:
        transaction.on_commit(_send_in_thread)


_is_sending = Lock()
_is_due = Event()


def _send_in_thread() -> None:
    """Send in one thread of this process, however many sessions end at one moment."""
    _is_due.set()
    if _is_sending.acquire(blocking=False):
        Thread(target=_send_until_done, name="logout-notifications", daemon=True).start()


def _send_until_done() -> None:
    try:
        while _is_due.is_set():
            _is_due.clear()
            send_due()
    except Exception:
        logger.exception("event=logout_notifications_failed")
    finally:
        connection.close()
        _is_sending.release()
    if _is_due.is_set():  # somebody came between the last look and the release
        _send_in_thread()


def send_due(*, limit: int = 100) -> int:
    """Send what is due, each row once at a time; how many clients have answered."""
    answered = 0
    for row in _claimed(limit):
        answered += _send(row)
    return answered


def _claimed(limit: int) -> Sequence[LogoutNotification]:
    """Take rows, so that two senders do not take the same: whoever moves next_attempt has it."""
    now, taken = clock.moment(), []
    due = LogoutNotification.objects.filter(next_attempt__lte=now, delivered=None)
    for row in due.order_by("next_attempt", "pk")[:limit]:
        wait = RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
        is_last = row.attempts >= len(RETRY_AFTER)
        again = None if is_last else now + timedelta(seconds=wait)
        mine = LogoutNotification.objects.filter(pk=row.pk, next_attempt=row.next_attempt)
        if mine.update(next_attempt=again, attempts=row.attempts + 1):
            taken.append(row)
    return taken


def _send(row: LogoutNotification) -> bool:
    problem = _problem(row)
    rows = LogoutNotification.objects.filter(pk=row.pk)
    if problem is None:
        rows.update(delivered=clock.moment(), next_attempt=None, last_error="")
        return True
    rows.update(last_error=problem[:200])
    logger.warning(
        "event=logout_notification_failed client=%s attempt=%s error=%s",
        ascii(row.client_id),
        row.attempts + 1,
        problem,
    )
    return False


def _problem(row: LogoutNotification) -> str | None:
    """Send one token; None if the client has taken it, otherwise why not."""
    client = store.find_client(row.client_id)
    if client is None or not client.back_channel_logout_uri:
        return "the client has no back-channel logout URI any more"
    token = jwt.sign(_claims(row, client), typ=token_contents.LOGOUT_TOKEN_TYPE)
    try:
        response = requests.post(
            client.back_channel_logout_uri,
            data={"logout_token": token},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return type(error).__name__
    if response.status_code not in {200, 204}:
        return f"HTTP {response.status_code}"
    return None


def _claims(row: LogoutNotification, client: Client) -> dict[str, Any]:
    return token_contents.logout_token(
        client=client,
        issuer=row.issuer,
        subject=row.subject,
        session_id=row.session_id,
        reason=row.reason,
        jwt_id=new_jwt_id(),
        now=clock.seconds(),
    )
