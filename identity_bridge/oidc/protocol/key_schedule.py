"""The life of a signing key: announced, signing, retired, gone (Duende's KeyManager)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class KeyState(StrEnum):
    ANNOUNCED = "announced"
    """In the JWKS, so that everybody has seen it before it signs."""
    SIGNING = "signing"
    RETIRED = "retired"
    """Signs no more; stays in the JWKS while tokens it signed may be alive."""
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """KeyManagementOptions."""

    propagation: timedelta = timedelta(days=14)
    rotation: timedelta = timedelta(days=90)
    retention: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAge:
    """What the schedule looks at."""

    key_id: str
    algorithm: str
    created: datetime
    can_sign: bool = True
    """False: imported to verify only."""
    retired_at: datetime | None = None
    """Set by hand: signs no more from then on."""


def state_of(key: KeyAge, schedule: Schedule, *, now: datetime) -> KeyState:
    """Return where the key stands."""
    if key.retired_at is not None and now >= key.retired_at:
        over = now >= key.retired_at + schedule.retention
        return KeyState.GONE if over else KeyState.RETIRED
    if not key.can_sign:
        return KeyState.RETIRED  # until somebody removes it
    age = now - key.created
    if age >= schedule.rotation + schedule.retention:
        return KeyState.GONE
    if age >= schedule.rotation:
        return KeyState.RETIRED
    return KeyState.SIGNING if age >= schedule.propagation else KeyState.ANNOUNCED


def signing_key(
    keys: Iterable[KeyAge], schedule: Schedule, *, algorithm: str, now: datetime
) -> KeyAge | None:
    """Return the key that signs now: the oldest announced long enough.

    Where none is (the first key of all), the oldest of those just announced.
    """
    ours = [key for key in keys if key.algorithm == algorithm and key.can_sign]
    for wanted in (KeyState.SIGNING, KeyState.ANNOUNCED):
        found = [key for key in ours if state_of(key, schedule, now=now) == wanted]
        if found:
            return min(found, key=lambda key: key.created)
    return None


def is_new_key_due(
    keys: Sequence[KeyAge], schedule: Schedule, *, algorithm: str, now: datetime
) -> bool:
    """Tell if a successor has to be announced now, to be known when the signing key retires."""
    ours = [key for key in keys if key.algorithm == algorithm and key.can_sign]
    lives = [
        key.created + schedule.rotation - now
        for key in ours
        if state_of(key, schedule, now=now) in {KeyState.ANNOUNCED, KeyState.SIGNING}
    ]
    return not lives or max(lives) <= schedule.propagation
