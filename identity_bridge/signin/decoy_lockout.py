"""A lockout for names whose attempts nobody counts, so that a lockout tells nothing about names.

Somebody who tries wrong passwords sees an account locked after so many, if there is one. So a
name that nobody has is answered the same way, and one of an account that may not sign in or is
exempt from lockout: each of them after as many attempts, for as long. .NET answers "locked out"
for real accounts only. Nothing is locked: a right password signs in all the same.

Counts live in Django's default cache, as those of ``rate_limit``; a count is forgotten a day
after its first attempt, where that of an account stays.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from django.core.cache import cache

from identity_bridge.conf import get_settings

from . import clock
from .rate_limit import account_key

FORGOTTEN_AFTER: Final = 86_400
"""Seconds."""


def count(*, name: str) -> datetime | None:
    """Count a wrong password for a name as typed; until when it looks locked, None if not yet."""
    settings = get_settings()
    if not settings.LOCKOUT_ALLOWED_FOR_NEW_USERS:
        return None
    digest = hashlib.sha256(account_key(name).encode(errors="surrogatepass")).hexdigest()
    locked, counted = (f"identity_bridge.decoy.{what}.{digest}" for what in ("locked", "counted"))
    now = clock.now()
    end = cache.get(locked)
    if not isinstance(end, int | float) or end <= now:
        cache.add(counted, 0, timeout=FORGOTTEN_AFTER)
        try:
            failures = cache.incr(counted)
        except ValueError:  # expired or pushed out between the two
            failures = 1
        if failures < settings.LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS:
            return None
        cache.delete(counted)
        seconds = settings.LOCKOUT_DEFAULT_TIME_SPAN.total_seconds()
        end = now + seconds
        cache.set(locked, end, timeout=seconds)
    return datetime.fromtimestamp(end, UTC)
