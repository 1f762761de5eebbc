"""All keys in memory: the one that signs, those that verify, and the set everybody can read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule
from identity_bridge.oidc.protocol.key_schedule import KeyAge, KeyState, Schedule

from . import encryption, material

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from jwcrypto.jwk import JWK


@dataclass
class Key:
    """A row of SigningKey; the private part is decrypted when it first signs."""

    age: KeyAge
    public_jwk: dict[str, Any]
    encrypted: str
    number: int | None = None

    @property
    def key_id(self) -> str:
        return self.age.key_id

    @property
    def algorithm(self) -> str:
        return self.age.algorithm

    @cached_property
    def public(self) -> JWK:
        return material.load(self.public_jwk)

    @cached_property
    def private(self) -> JWK:
        return material.load(encryption.decrypt(self.encrypted, key_id=self.key_id))


def schedule() -> Schedule:
    """Return the life of a key as the settings have it."""
    settings = get_settings()
    return Schedule(
        propagation=settings.OIDC_KEY_PROPAGATION,
        rotation=settings.OIDC_KEY_ROTATION,
        retention=settings.OIDC_KEY_RETENTION,
    )


def all_keys() -> Sequence[Key]:
    """Return the keys of the database, the oldest first."""
    return store.remembered("keys", _load)


def _load() -> Sequence[Key]:
    return [key_of(row) for row in SigningKey.objects.order_by("created", "key_id")]


def key_of(row: SigningKey) -> Key:
    age = KeyAge(
        key_id=row.key_id,
        algorithm=row.algorithm,
        created=row.created,
        can_sign=bool(row.private_key),
        retired_at=row.retired_at,
    )
    return Key(age=age, public_jwk=row.public_key, encrypted=row.private_key, number=row.number)


def published_keys(now: datetime | None = None) -> Sequence[Key]:
    """Return the keys that verify: announced, signing and retired ones."""
    now = now or clock.moment()
    life = schedule()
    return [
        key for key in all_keys() if key_schedule.state_of(key.age, life, now=now) != KeyState.GONE
    ]


def jwks() -> dict[str, Any]:
    """Return the key set (RFC 7517, section 5), after making sure that there is a key."""
    make_sure()
    return {"keys": [key.public_jwk for key in published_keys()]}


def make_sure() -> None:
    """Make the keys that are missing.

    Before a transaction that may be taken back: the key would be gone with it, and in memory still.

    :raises BadKey: an algorithm is unknown
    """
    for algorithm in get_settings().OIDC_SIGNING_ALGORITHMS:
        signing_key(algorithm)


def signing_key(algorithm: str | None = None) -> Key:
    """Return the key that signs with this algorithm, by default the first one configured.

    Made at first use, so that a new installation works without any preparation.

    :raises BadKey: the algorithm is unknown
    """
    algorithm = algorithm or get_settings().OIDC_SIGNING_ALGORITHMS[0]
    keys, now = all_keys(), clock.moment()
    found = _signing(keys, algorithm, now)
    if found is None:
        # The number follows from the keys in which there is none, not from what is there by now.
        if create(algorithm, now=now, number=next_number(keys, algorithm)) is None:
            store.forget()  # another process has made one
        found = _signing(all_keys(), algorithm, clock.moment())
        if found is None:
            raise material.BadKey(f"There is no key that signs with {algorithm}.")
    return found


def _signing(keys: Sequence[Key], algorithm: str, now: datetime) -> Key | None:
    ages = [key.age for key in keys]
    age = key_schedule.signing_key(ages, schedule(), algorithm=algorithm, now=now)
    return next((key for key in keys if key.age is age), None)


def next_number(keys: Iterable[Key], algorithm: str) -> int:
    """Return the number of a key that comes after these."""
    numbers = [key.number or 0 for key in keys if key.algorithm == algorithm]
    return max(numbers, default=0) + 1


def create(algorithm: str, *, now: datetime, number: int) -> SigningKey | None:
    """Make and store a key; None if somebody else has made the one of this number.

    Two processes that find a key missing have seen the same keys, and so ask for the same number.

    :raises BadKey: the algorithm is unknown
    """
    key = material.generate(algorithm)
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                key_id=key["kid"],
                algorithm=algorithm,
                number=number,
                public_key=material.public_part(key),
                private_key=encryption.encrypt(material.private_part(key)),
                created=now,
            )
    except IntegrityError:
        return None
