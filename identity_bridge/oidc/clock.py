"""The time of the protocol: that of sign-in, so that tests move one clock."""

from __future__ import annotations

from datetime import UTC, datetime

from identity_bridge.signin import clock


def seconds() -> int:
    """Return Unix seconds."""
    return int(clock.now())


def moment(seconds_: float | None = None) -> datetime:
    """Return a time of the clock, now without one."""
    return datetime.fromtimestamp(clock.now() if seconds_ is None else seconds_, UTC)
