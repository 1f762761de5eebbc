"""Failed attempts and locked accounts.

Counting is one UPDATE that adds in the database: of any number of wrong passwords sent at one
time each is counted. .NET counts in memory, loses the race and counts one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, F, Value, When
from django.utils import timezone

from identity_bridge.aspnet.date_times import MAX_VALUE, clamp
from identity_bridge.aspnet.stamps import new_concurrency_stamp
from identity_bridge.conf import get_settings

from .results import SUCCESS, IdentityResult
from .saving import database_of, update_user, write_columns

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


def access_failed(*, user: AbstractIdentityUser, now: datetime | None = None) -> IdentityResult:
    """Count one failed attempt (AccessFailedAsync); at the threshold lock and count from 0.

    Counts even where lockout is switched off for the user, as .NET. No other rule is looked at: a
    name that is no longer allowed is no licence to guess. ConcurrencyFailure: the user is gone.
    """
    settings = get_settings()
    reached = settings.LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS
    end = _after(now or timezone.now(), settings.LOCKOUT_DEFAULT_TIME_SPAN)
    model, stamp = type(user), new_concurrency_stamp()
    is_last = When(access_failed_count__gte=reached - 1, then=Value(0))
    rows = model._base_manager.using(database_of(user)).filter(pk=user.pk)
    # The order matters: MySQL evaluates a SET from left to right, with the new values.
    changes = {
        "lockout_end": Case(
            When(
                access_failed_count__gte=reached - 1,
                then=Value(end, output_field=model._meta.get_field("lockout_end")),
            ),
            default=F("lockout_end"),
        ),
        "access_failed_count": Case(is_last, default=F("access_failed_count") + 1),
        "concurrency_stamp": Value(stamp),
    }
    if rows.filter(concurrency_stamp=user._read_stamp).update(**changes):
        # Nobody wrote in between, so the row is known without reading it.
        locks = user.access_failed_count >= reached - 1
        user.lockout_end = end if locks else user.lockout_end
        user.access_failed_count = 0 if locks else user.access_failed_count + 1
        user.concurrency_stamp = user._read_stamp = stamp
        return SUCCESS
    if not rows.update(**changes):
        return IdentityResult.failed("ConcurrencyFailure")
    # The stamp stays the old one: the other columns of this object are stale.
    fresh = rows.values_list("access_failed_count", "lockout_end", "lockout_enabled").first()
    if fresh is not None:
        user.access_failed_count, user.lockout_end, user.lockout_enabled = fresh
    return SUCCESS


def reset_access_failed_count(*, user: AbstractIdentityUser) -> IdentityResult:
    """Forget the failed attempts (ResetAccessFailedCountAsync); writes nothing at 0.

    ConcurrencyFailure if anybody wrote since: that may have been another wrong password.
    """
    if user.access_failed_count == 0:
        return SUCCESS
    before, user.access_failed_count = user.access_failed_count, 0
    result = write_columns(user, ["access_failed_count"])
    if not result.succeeded:
        user.access_failed_count = before
    return result


def set_lockout_enabled(*, user: AbstractIdentityUser, enabled: bool) -> IdentityResult:
    """Say whether this user can be locked out at all (SetLockoutEnabledAsync)."""
    return update_user(user, lockout_enabled=enabled)


def set_lockout_end(*, user: AbstractIdentityUser, end: datetime | None) -> IdentityResult:
    """Lock until then (SetLockoutEndDateAsync); None unlocks; UserLockoutNotEnabled.

    ``aspnet.date_times.MAX_VALUE`` is for ever, DateTimeOffset.MaxValue.
    """
    if not user.lockout_enabled:
        return IdentityResult.failed("UserLockoutNotEnabled")
    return update_user(user, lockout_end=end)


def is_locked_out(*, user: AbstractIdentityUser, now: datetime | None = None) -> bool:
    """Tell if the account is locked (IsLockedOutAsync)."""
    return user.is_locked_out(now=now)


def _after(now: datetime, span: timedelta) -> datetime:
    try:
        return clamp(now + span)
    except OverflowError:
        return MAX_VALUE
