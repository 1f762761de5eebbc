"""Ceremonies under way, in the Django session, and what they are bound to.

.NET keeps one in the cookie Identity.TwoFactorUserId. Here a session has the last few, so that a
second tab does not spoil the first one's; each challenge takes one attempt.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http.request import split_domain_port

from identity_bridge.conf import get_settings
from identity_bridge.passkeys.ceremony import Ceremony, Operation, from_plain
from identity_bridge.passkeys.errors import PasskeyRefused
from identity_bridge.passkeys.options import CHALLENGE_BYTES

from . import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "_identity_bridge_passkeys"
MAX_PENDING = 4


def rp_id_of(request: HttpRequest) -> str:
    """Return the domain that passkeys belong to: what is set, or the host without its port."""
    return get_settings().PASSKEY_SERVER_DOMAIN or split_domain_port(request.get_host())[0]


def origin_of(request: HttpRequest) -> str:
    """Return the origin of the page that asks, as its browser says; "" if it is not this site.

    It is https on the host of the request: browsers have passkeys nowhere else, but for
    development on localhost. The scheme is the browser's word, for behind a proxy the request
    does not know its own.
    """
    origin: str = request.headers.get("Origin", "")
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host != split_domain_port(request.get_host())[0].strip("[]"):
        return ""
    is_local = host in ("localhost", "127.0.0.1") or host.endswith(".localhost")
    return origin if parts.scheme == "https" or (parts.scheme == "http" and is_local) else ""


def begin(*, request: HttpRequest, operation: Operation, user_id: str | None) -> bytes:
    """Note that a challenge goes out and return it; ``user_id``: the only one who may answer."""
    ceremony = Ceremony(
        operation=operation,
        challenge=secrets.token_bytes(CHALLENGE_BYTES),
        user_id=user_id,
        begun_at=clock.now(),
    )
    kept = [*_pending(request), ceremony][-MAX_PENDING:]
    request.session[SESSION_KEY] = [one.to_plain() for one in kept]
    return ceremony.challenge


def use(*, request: HttpRequest, operation: Operation, challenge: bytes) -> Ceremony:
    """Take the ceremony of this challenge out of the session; it is used up whatever follows.

    :raises PasskeyRefused: none is under way, or it was begun too long ago, for something else,
        or is being used by another request.
    """
    pending = _pending(request)
    found = next((one for one in pending if one.challenge == challenge), None)
    if found is None:
        raise PasskeyRefused("no ceremony with this challenge is under way")
    left = [one.to_plain() for one in pending if one is not found]
    if left:
        request.session[SESSION_KEY] = left
    else:
        del request.session[SESSION_KEY]
    lifetime = get_settings().PASSKEY_TIMEOUT.total_seconds()
    if found.operation is not operation:
        raise PasskeyRefused(f"the ceremony was begun for {found.operation}, not {operation}")
    if not 0 <= clock.now() - found.begun_at <= lifetime:
        raise PasskeyRefused("the ceremony took too long")
    # Two requests at one moment both find it in the session; a cache adds a key for one of them.
    digest = hashlib.sha256(challenge).hexdigest()
    if not cache.add(f"identity_bridge.passkey.{digest}", 1, timeout=int(lifetime) + 1):
        raise PasskeyRefused("the challenge was used before")
    return found


def _pending(request: HttpRequest) -> list[Ceremony]:
    kept = request.session.get(SESSION_KEY)
    if not isinstance(kept, list):
        return []
    return [one for one in map(from_plain, kept[-MAX_PENDING:]) if one is not None]
