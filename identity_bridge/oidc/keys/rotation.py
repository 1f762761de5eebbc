"""Rotation: announce a successor in time, drop what nobody needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from identity_bridge.conf import get_settings
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule
from identity_bridge.oidc.protocol.key_schedule import KeyState

from . import ring

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class Rotation:
    """What was done: key ids."""

    created: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def rotate(*, now: datetime, force: bool = False) -> Rotation:
    """Create the keys that are due and delete those that are gone.

    ``force``: announce a new key of each algorithm although none is due.
    """
    done, life = Rotation(), ring.schedule()
    keys = [ring.key_of(row) for row in SigningKey.objects.all()]
    ages = [key.age for key in keys]
    for algorithm in get_settings().OIDC_SIGNING_ALGORITHMS:
        due = key_schedule.is_new_key_due(ages, life, algorithm=algorithm, now=now)
        if not (due or force):
            continue
        row = ring.create(algorithm, now=now, number=ring.next_number(keys, algorithm))
        if row is not None:  # otherwise another process has rotated at the same moment
            done.created.append(row.key_id)
    for age in ages:
        if key_schedule.state_of(age, life, now=now) == KeyState.GONE:
            SigningKey.objects.filter(pk=age.key_id).delete()
            done.removed.append(age.key_id)
    return done
