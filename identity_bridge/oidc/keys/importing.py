"""Keys of another server among ours: they verify and never sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from identity_bridge.oidc.models import SigningKey

from . import material
from .material import BadKey
from .public_keys import PublicKey


@dataclass(slots=True)
class Imported:
    """What was done: key ids."""

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def store(
    keys: Iterable[PublicKey], *, now: datetime, retire_after: timedelta | None = None
) -> Imported:
    """Store public keys, all or none; those that are there already stay as they are.

    They are published at once and retire after ``retire_after``, by default now: then they go
    when OIDC_KEY_RETENTION is over, as each retired key does. Given again, it moves that day.

    :raises BadKey: another key has the id of one of them
    """
    done = Imported()
    with transaction.atomic():
        for key in keys:
            row = SigningKey.objects.select_for_update().filter(pk=key.key_id).first()
            if row is None:
                SigningKey.objects.create(
                    key_id=key.key_id,
                    algorithm=key.algorithm,
                    public_key=key.members,
                    created=now,
                    retired_at=now + (retire_after or timedelta(0)),
                )
                done.imported.append(key.key_id)
                continue
            if not _is_same(row, key):
                raise BadKey(
                    f"Another key of this server has the id {row.key_id!r}: expected the same key, "
                    f"for {row.algorithm}. Delete that one first, or give this one another id."
                )
            if retire_after is not None and not row.private_key:
                row.retired_at = now + retire_after
                row.save(update_fields=["retired_at"])
            done.unchanged.append(key.key_id)
    return done


def _is_same(row: SigningKey, key: PublicKey) -> bool:
    """Tell if the row is this key; a database may find an id in another case of letters."""
    return (row.key_id, row.algorithm) == (key.key_id, key.algorithm) and bool(
        material.load(row.public_key).thumbprint() == material.load(key.members).thumbprint()
    )
