"""How often a client address may try, and how often an account may be tried.

Counters live in Django's default cache, one a window of so many seconds: with a shared cache
(Redis, Memcached) the limit holds for all processes, with LocMemCache for each of them. Counting
is ``add`` and ``incr``, which those caches do atomically. The database and file caches have no
such ``incr``; there each attempt takes one of so many numbered places, by ``add`` alone.

X-Forwarded-For is believed only as far as ``TRUSTED_PROXY_COUNT`` goes: each proxy appends the
address that spoke to it, so with two proxies the client is the second entry from the right.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.utils.connection import ConnectionProxy

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.conf import get_settings
from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.signals import rate_limited

from . import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

UNKNOWN_ADDRESS = "unknown"
CHALLENGES_PER_ATTEMPT = 5


class RateLimited(IdentityBridgeError):
    """Too many attempts; try again after ``retry_after`` seconds (HTTP 429)."""

    code: ClassVar[str] = "rate_limited"

    def __init__(self, *, scope: str, retry_after: int) -> None:
        self.scope = scope
        self.retry_after = retry_after
        super().__init__(f"Too many attempts for this {scope}; retry after {retry_after} s.")


def count_attempt(*, request: HttpRequest | None, account: str | None) -> None:
    """Count one attempt of this client, on this account: ``name …`` as typed, or ``id …``.

    :raises RateLimited: one of the two has no attempts left. Further ones do not prolong it.
    """
    settings = get_settings()
    if request is not None:
        address = client_address(request)
        _count(request, "address", address, settings.RATE_LIMIT_PER_ADDRESS)
    if account is not None:
        _count(request, "account", account_key(account), settings.RATE_LIMIT_PER_ACCOUNT)


def refuse_if_limited(*, request: HttpRequest, account: str) -> None:
    """Refuse where ``count_attempt`` has found no attempts left, of this address or on this
    account; counts nothing.

    :raises RateLimited:
    """
    settings, now, asked = get_settings(), clock.now(), {}
    for scope, who, (allowed, seconds) in (
        ("address", client_address(request), settings.RATE_LIMIT_PER_ADDRESS),
        ("account", account_key(account), settings.RATE_LIMIT_PER_ACCOUNT),
    ):
        if allowed > 0 and seconds > 0:
            window = int(now // seconds)
            end = (window + 1) * seconds
            asked[_counter(scope, who, window)] = (scope, allowed, end)
    for key, count in (cache.get_many(asked) if asked else {}).items():
        scope, allowed, end = asked[key]
        if count >= allowed:
            raise _refusal(request, scope, key, end - now)


def count_challenge(*, request: HttpRequest) -> None:
    """Count one challenge for a passkey, which costs a session; apart from the attempts.

    Every look at the sign-in page asks for one, so there are some for each attempt.

    :raises RateLimited: this address has asked too often.
    """
    attempts, seconds = get_settings().RATE_LIMIT_PER_ADDRESS
    limit = (attempts * CHALLENGES_PER_ATTEMPT, seconds)
    _count(request, "challenge", client_address(request), limit)


def count_message(*, request: HttpRequest, account: str, limit: tuple[int, int]) -> None:
    """Count one message sent to the owner of an account, whoever asked for it.

    :raises RateLimited: so many were sent in so many seconds.
    """
    _count(request, "message", account, limit)


def _count(request: HttpRequest | None, scope: str, who: str, limit: tuple[int, int]) -> None:
    allowed, seconds = limit
    if allowed <= 0 or seconds <= 0:
        return
    now = clock.now()
    window = int(now // seconds)
    key = _counter(scope, who, window)
    if not _take_place(key, allowed, seconds + 1):
        raise _refusal(request, scope, key, (window + 1) * seconds - now)


def _refusal(
    request: HttpRequest | None, scope: str, counter: str, seconds_left: float
) -> RateLimited:
    """Return the refusal; the signal is sent for the first one of a counter only: an attacker who
    goes on must not be able to fill the log, and the audit table, with them."""
    retry_after = max(1, math.ceil(seconds_left))
    if cache.add(f"{counter}.told", 1, timeout=retry_after + 1):
        rate_limited.send(sender=RateLimited, request=request, scope=scope, retry_after=retry_after)
    return RateLimited(scope=scope, retry_after=retry_after)


def _counter(scope: str, who: str, window: int) -> str:
    digest = hashlib.sha256(who.encode(errors="surrogatepass")).hexdigest()
    return f"identity_bridge.rate.{scope}.{digest}.{window}"


def _take_place(key: str, allowed: int, timeout: int) -> bool:
    backend = cache._connections[cache._alias] if isinstance(cache, ConnectionProxy) else cache
    if type(backend).incr is BaseCache.incr:  # reads, then writes: parallel attempts get lost
        taken = cache.get(key, 0)
        for place in range(taken, allowed):
            if cache.add(f"{key}.{place}", 1, timeout=timeout):
                # Only where to look next time: too low a number costs statements, no attempt.
                cache.set(key, place + 1, timeout=timeout)
                return True
        return False
    cache.add(key, 0, timeout=timeout)
    try:
        return cache.incr(key) <= allowed
    except ValueError:  # expired or pushed out between the two
        return True


def account_key(account: str) -> str:
    """Return what all spellings of one name have in common."""
    try:
        return normalize_name(account) or ""
    except NormalizationError:
        return account


def client_address(request: HttpRequest) -> str:
    """Return the client's address; an IPv6 one as its /64, which one client has all of."""
    return (
        _grouped(_forwarded(request))
        or _grouped(request.META.get("REMOTE_ADDR", ""))
        or (UNKNOWN_ADDRESS)
    )


def _forwarded(request: HttpRequest) -> str:
    proxies = get_settings().TRUSTED_PROXY_COUNT
    if proxies <= 0:
        return ""
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    # Fewer entries than proxies: somebody came past them.
    return entries[-proxies].strip() if len(entries) >= proxies else ""


@lru_cache(maxsize=1024)  # asked several times in a request, and most come from a few proxies
def _grouped(text: str) -> str:
    for spelling in (text, text.rpartition(":")[0].strip("[]")):  # some proxies add a port
        try:
            address = ipaddress.ip_address(spelling.partition("%")[0])
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is not None:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)
    return ""
