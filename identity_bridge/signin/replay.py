"""Each code of an authenticator app works once; .NET accepts it again for two minutes and a half.

What was used is the number of a 30 second step. The last one of each user is kept in Django's
default cache: with a shared cache (Redis, Memcached, the database cache) that holds for all
processes, with LocMemCache only inside one. Where the cache keeps nothing (DummyCache) or does
not answer, a row of AspNetUserTokens under a provider of our own is used, which .NET ignores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.db import IntegrityError, transaction
from django.utils.connection import ConnectionProxy

from identity_bridge.models import UserToken

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

    from identity_bridge.models import AbstractIdentityUser

PROVIDER = "[IdentityBridge]"
NAME = "AuthenticatorStep"

_DIGITS = 20
_KEEP_SECONDS = 600  # a step is accepted for 150 seconds


def last_step(*, user: AbstractIdentityUser) -> int | None:
    """Return the last step this user has used up, None if none lately."""
    if not _cache_keeps_nothing():
        try:
            return cache.get(_key(user))  # type: ignore[no-any-return]
        except Exception:  # noqa: S110 - whatever a cache client raises: ask the database
            pass
    return _step_in(_rows(user).values_list("value", flat=True).first())


def use_step(*, user: AbstractIdentityUser, step: int) -> bool:
    """Use a step up; False if it, or a later one, was used before, at the same moment included."""
    if not _cache_keeps_nothing():
        try:
            if not cache.add(f"{_key(user)}.{step}", 1, timeout=_KEEP_SECONDS):
                return False
            last = cache.get(_key(user))
            if last is not None and last >= step:
                return False
            cache.set(_key(user), step, timeout=_KEEP_SECONDS)
        except Exception:  # noqa: S110 - as above
            pass
        else:
            return True
    return _use_row(user, step)


def _use_row(user: AbstractIdentityUser, step: int) -> bool:
    value = f"{step:0{_DIGITS}}"  # compared as text
    rows = _rows(user)
    found = list(rows.values_list("value", flat=True)[:1])
    if found and _step_in(found[0]) is None:  # spoilt: it says nothing, and keeps nobody out
        return bool(rows.filter(value=found[0]).update(value=value))
    if found:
        return bool(rows.filter(value__lt=value).update(value=value))
    try:
        with transaction.atomic(using=rows.db):
            UserToken(user_id=user.pk, login_provider=PROVIDER, name=NAME, value=value).save(
                using=rows.db, force_insert=True
            )
    except IntegrityError:  # somebody was faster
        return False
    return True


def _step_in(stored: str | None) -> int | None:
    """Return the step of a row, None if it holds none as ``_use_row`` writes them."""
    if stored is None or len(stored) != _DIGITS or not (stored.isascii() and stored.isdecimal()):
        return None
    return int(stored)


def _rows(user: AbstractIdentityUser) -> QuerySet[Any]:
    rows = UserToken._base_manager.using(user._state.db)
    return rows.filter(user_id=user.pk, login_provider=PROVIDER, name=NAME)


def _cache_keeps_nothing() -> bool:
    backend = cache._connections[cache._alias] if isinstance(cache, ConnectionProxy) else cache
    return isinstance(backend, DummyCache)


def _key(user: AbstractIdentityUser) -> str:
    # The Id may hold what cache keys may not.
    return f"identity_bridge.step.{str(user.pk).encode(errors='surrogatepass').hex()}"
