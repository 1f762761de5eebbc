"""Django's and our own signals: sessions begin with the sign-in and end with the sign-out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_out

from identity_bridge.oidc.models import UserSession
from identity_bridge.signals import sign_in_refreshed, signed_out_everywhere, user_signed_in

from . import cookie, ending, registry

if TYPE_CHECKING:
    from django.http import HttpRequest


def _begin(sender: Any, *, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    registry.begin(request=request, user=user)
    ending.end_stale(user)


def _end(sender: Any, *, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is None or not hasattr(request, "session"):
        return
    session_id = registry.session_id_of(request)
    if not session_id:
        return
    row = UserSession.objects.select_related("user").filter(session_id=session_id).first()
    if row is not None:
        ending.end(row, reason=ending.USER_LOGOUT)
    cookie.delete_on_response(request)


def _renew(sender: Any, *, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    registry.renew_stamp(request=request, user=user)
    ending.end_stale(user)


def _end_all(sender: Any, *, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    kept = request.session.get(HASH_SESSION_KEY) if request is not None else None
    if request is not None and kept == user.get_session_auth_hash():
        registry.renew_stamp(request=request, user=user)  # who did it stays signed in
    ending.end_stale(user)


def connect() -> None:
    """Connect; calling it again changes nothing."""
    user_signed_in.connect(_begin, dispatch_uid="identity_bridge.oidc.begin")
    sign_in_refreshed.connect(_renew, dispatch_uid="identity_bridge.oidc.renew")
    signed_out_everywhere.connect(_end_all, dispatch_uid="identity_bridge.oidc.end_all")
    user_logged_out.connect(_end, dispatch_uid="identity_bridge.oidc.end")
