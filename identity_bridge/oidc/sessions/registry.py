"""UserSession rows: begin, find, extend, end.

The Django session holds the ``sid``; the row holds how the user came in, and which clients took
part. Whoever deletes the row ends the session, at this provider and for its clients.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.models import SessionClient, UserSession
from identity_bridge.oidc.protocol.handles import new_session_id
from identity_bridge.oidc.protocol.interaction import LOCAL_IDP, SignedIn
from identity_bridge.signin import sessions
from identity_bridge.signin.sessions import AUTHENTICATION_METHOD, IDENTITY_PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser

SESSION_ID = "_identity_bridge_sid"

#: How stale ``renewed`` and ``expires`` may be: a request does not write more often.
RENEW_AFTER = timedelta(minutes=5)
_LATEST = 1 << 35
"""Unix seconds of the year 3058."""


def begin(*, request: HttpRequest, user: AbstractIdentityUser) -> UserSession:
    """Note a sign-in: up to 3 statements.

    The same user at the same browser keeps the ``sid``, unless the security stamp has changed.
    """
    if request.session.session_key is None:
        request.session.save()
    now = clock.moment()
    session_id = session_id_of(request)
    methods = _methods(request)
    columns: dict[str, Any] = {
        "session_key": request.session.session_key,
        "issuer": issuer_of(request),
        "auth_time": _signed_in(request),
        "idp": _identity_provider(request),
        "amr": methods,
        "acr": get_adapter().get_acr(user=user, amr=methods),
        "stamp": security_stamp.digest(user),
        "renewed": now,
        "expires": now + timedelta(seconds=request.session.get_expiry_age()),
    }
    if session_id is not None:
        row = UserSession.objects.filter(session_id=session_id, user=user).first()
        # With another stamp than before it is another session: the tokens of that one may be over.
        if row is not None and row.stamp == columns["stamp"]:
            for name, value in columns.items():
                setattr(row, name, value)
            if UserSession.objects.filter(pk=row.pk).update(**columns):
                return row
    row = UserSession.objects.create(session_id=new_session_id(), user_id=user.pk, **columns)
    request.session[SESSION_ID] = row.session_id
    return row


def _signed_in(request: HttpRequest) -> datetime:
    """Return when the sign-in of this Django session was: long ago, if nothing tells, so that
    ``max_age`` and ``prompt=login`` are not satisfied by a session that is only new to us."""
    at = sessions.signed_in_at(request=request)
    return datetime.fromtimestamp(0 if at is None else int(min(max(at, 0), _LATEST)), UTC)


def renew_stamp(*, request: HttpRequest, user: AbstractIdentityUser) -> None:
    """Note that the owner of the session has changed their stamp and stays signed in: one
    statement. Nothing, if ``user`` was read before the change."""
    UserSession.objects.filter(
        session_id=session_id_of(request), user=user, user__security_stamp=user.security_stamp
    ).update(session_key=request.session.session_key or "", stamp=security_stamp.digest(user))


def session_id_of(request: HttpRequest) -> str | None:
    """Return the ``sid`` in the Django session; "", which is nobody's, for anything else that some
    version of the project has put there, and None where nothing is."""
    found = request.session.get(SESSION_ID)
    if found is None:
        return None
    is_possible = isinstance(found, str) and found.isascii() and found.isalnum()
    return found if is_possible else ""


def _identity_provider(request: HttpRequest) -> str:
    found = request.session.get(IDENTITY_PROVIDER, LOCAL_IDP)
    return found if isinstance(found, str) and found.isprintable() else LOCAL_IDP


def _methods(request: HttpRequest) -> list[str]:
    found = request.session.get(AUTHENTICATION_METHOD)
    return [found] if found and isinstance(found, str) and found.isprintable() else []


def find(session_id: str) -> UserSession | None:
    """Return a live session: one statement.

    One whose user has another security stamp now is over, although no browser has come yet to hear
    of it.
    """
    if not session_id:
        return None
    live = UserSession.objects.filter(session_id=session_id, expires__gt=clock.moment())
    row = live.select_related("user").first()
    return row if row is not None and security_stamp.matches(row.user, row.stamp) else None


def stale(user: AbstractIdentityUser, limit: int) -> Sequence[UserSession]:
    """Return live sessions of the user that began with another security stamp: two statements.

    Compared with the stamp of the database: ``user`` may have been read before it changed.
    """
    fresh = get_user_model()._base_manager.filter(pk=user.pk).first()
    if fresh is None:
        return []
    rows = UserSession.objects.filter(user=fresh, expires__gt=clock.moment())
    rows = rows.exclude(stamp__in=security_stamp.digests(fresh)).select_related("user")
    return list(rows.order_by("pk")[:limit])


def current(request: HttpRequest) -> UserSession | None:
    """Return the session of this browser, None if nobody is signed in.

    A Django session that began elsewhere gets its row now. One whose row was deleted is over.
    """
    user: Any = request.user
    if not user.is_authenticated:
        return None
    session_id = session_id_of(request)
    if session_id is None:
        return _adopt(request, user)
    row = UserSession.objects.filter(session_id=session_id, user=user).first()
    if row is None or row.expires <= clock.moment():
        return None
    row.user = user
    if row.session_key != request.session.session_key:  # a new key for the same session
        row.session_key = request.session.session_key or ""
        UserSession.objects.filter(pk=row.pk).update(session_key=row.session_key)
    if not security_stamp.matches(user, row.stamp):
        # Django has compared the stamp before us, and takes this session for a good one: somebody
        # has kept it over the change (update_session_auth_hash).
        renew_stamp(request=request, user=user)
    return row


def _adopt(request: HttpRequest, user: Any) -> UserSession:
    """Give a Django session that began elsewhere its row; tabs that come at one moment get the
    same. Two statements more than ``begin``, once for each such session."""
    with transaction.atomic():
        # There is no row of the session yet that tabs could wait at.
        list(get_user_model()._base_manager.select_for_update().filter(pk=user.pk))
        rows = UserSession.objects.filter(session_key=request.session.session_key, user=user.pk)
        found = rows.filter(expires__gt=clock.moment()).order_by("pk").first()
        if found is None:
            return begin(request=request, user=user)
    request.session[SESSION_ID] = found.session_id
    found.user = user
    return found


def extend(row: UserSession, *, lifetime: timedelta) -> bool:
    """Push the end of a session that is in use; writes once in RENEW_AFTER. False: it is over."""
    now = clock.moment()
    if now - row.renewed < RENEW_AFTER:
        return True
    row.renewed, row.expires = now, max(row.expires, now + lifetime)
    # Not save(): the row may be gone by now.
    rows = UserSession.objects.filter(pk=row.pk)
    return bool(rows.update(renewed=row.renewed, expires=row.expires))


def extend_to(row: UserSession, *, seconds: int) -> None:
    """Keep the row alive as long as the Django session that it belongs to."""
    extend(row, lifetime=timedelta(seconds=seconds))


def add_client(row: UserSession, application_id: int) -> bool:
    """Note that a client takes part, to be told when the session ends; False if it was ended
    meanwhile. Two statements.

    In one transaction with what the client gets: whoever ends the session waits for it, and then
    finds all there is to revoke.
    """
    if not UserSession.objects.select_for_update().filter(pk=row.pk).exists():
        return False
    client = SessionClient(session=row, application_id=application_id)
    SessionClient.objects.bulk_create([client], ignore_conflicts=True)  # it may come again
    return True


def client_ids(row: UserSession) -> list[str]:
    """Return the ids of the clients that took part, in order: one statement."""
    rows = row.clients.order_by("pk")
    return list(rows.values_list("application__client_id", flat=True))


def signed_in_of(row: UserSession) -> SignedIn:
    """Return what tokens say about this session; ``row.user`` is loaded."""
    return SignedIn(
        subject=get_adapter().get_sub(user=row.user),
        session_id=row.session_id,
        auth_time=int(row.auth_time.astimezone(UTC).timestamp()),
        idp=row.idp,
        amr=tuple(row.amr),
        acr=row.acr,
    )


def expired(limit: int) -> Iterable[UserSession]:
    """Return sessions whose time is over, the oldest first."""
    over = UserSession.objects.filter(expires__lte=clock.moment()).select_related("user")
    return over.order_by("expires")[:limit]
