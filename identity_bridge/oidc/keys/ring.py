"""All keys in memory: the one that signs, those that verify, and the set everybody can read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule
from identity_bridge.oidc.protocol.key_schedule import KeyAge, KeyState, Schedule

from . import encryption, material

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jwcrypto.jwk import JWK


@dataclass
class Key:
    """A row of SigningKey; the private part is decrypted when it first signs."""

    age: KeyAge
    public_jwk: dict[str, Any]
    encrypted: str

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
    return Key(age=age, public_jwk=row.public_key, encrypted=row.private_key)


def published_keys(now: datetime | None = None) -> Sequence[Key]:
    """Return the keys that verify: announced, signing and retired ones."""
    now = now or clock.moment()
    life = schedule()
    return [
        key for key in all_keys() if key_schedule.state_of(key.age, life, now=now) != KeyState.GONE
    ]


def jwks() -> dict[str, Any]:
    """Return the key set (RFC 7517, section 5), after making sure that there is a key."""
    for algorithm in get_settings().OIDC_SIGNING_ALGORITHMS:
        signing_key(algorithm)
    return {"keys": [key.public_jwk for key in published_keys()]}


def signing_key(algorithm: str | None = None) -> Key:
    """Return the key that signs with this algorithm, by default the first one configured.

    Made at first use, so that a new installation works without any preparation.

    :raises BadKey: the algorithm is unknown
    """
    algorithm = algorithm or get_settings().OIDC_SIGNING_ALGORITHMS[0]
    now = clock.moment()
    found = _signing(algorithm, now)
    if found is None:
        create(algorithm, now=now)
        found = _signing(algorithm, now)
        if found is None:
            raise material.BadKey(f"There is no key that signs with {algorithm}.")
    return found


def _signing(algorithm: str, now: datetime) -> Key | None:
    keys = {key.key_id: key for key in all_keys()}
    ages = [key.age for key in keys.values()]
    age = key_schedule.signing_key(ages, schedule(), algorithm=algorithm, now=now)
    return keys[age.key_id] if age is not None else None


def create(algorithm: str, *, now: datetime) -> SigningKey:
    """Make and store a key.

    :raises BadKey: the algorithm is unknown
    """
    key = material.generate(algorithm)
    return SigningKey.objects.create(
        key_id=key["kid"],
        algorithm=algorithm,
        public_key=material.public_part(key),
        private_key=encryption.encrypt(material.private_part(key)),
        created=now,
    )
