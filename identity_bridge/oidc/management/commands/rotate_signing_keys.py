"""``rotate_signing_keys``: announce the next key when it is time; for cron, once a day."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.keys import importing, public_keys, ring, rotation
from identity_bridge.oidc.keys.material import BadKey
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule
from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import datetime

MAX_DAYS = 36_500
_OF_IMPORT = ("kid", "algorithm", "retire_after")

_NO_ISSUER = (
    "OIDC_ISSUER is not set, so the APIs of this project take tokens of any issuer that these keys "
    "have signed for. Set it to the address of the old server."
)


class Command(BaseCommand):
    help = (
        "Make the signing keys that are due, delete those that nobody needs any more, and list all "
        "keys with their state. Does nothing where nothing is due, so it can run every day. "
        "--import adds public keys of another server instead, to verify what it signed."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="make a new key although none is due"
        )
        parser.add_argument(
            "--import",
            dest="import_file",
            type=Path,
            metavar="FILE",
            help="add the public keys of a JWK, a JWKS, a PEM file or a certificate",
        )
        parser.add_argument("--kid", metavar="ID", help="the key id, where the file has none")
        parser.add_argument(
            "--algorithm", choices=ALGORITHMS, help="the algorithm, where the file has none"
        )
        parser.add_argument(
            "--retire-after",
            type=int,
            metavar="DAYS",
            help="keep imported keys so long, and then for OIDC_KEY_RETENTION",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.moment()
        if options["import_file"] is not None:
            done = self._import(options, now)
        else:
            for name in _OF_IMPORT:
                if options[name] is not None:
                    raise CommandError(f"--{name.replace('_', '-')} goes with --import only.")
            rotated = rotation.rotate(now=now, force=options["force"])
            done = {"created": rotated.created, "removed": rotated.removed}
        keys = _listed(now)
        if options["format"] == "json":
            self.stdout.write(json.dumps(done | {"keys": keys}, indent=2))
            return
        for what, key_ids in done.items():
            for key_id in key_ids:
                self.stdout.write(f"{what} {key_id}")
        for key in keys:
            only = ", verifies only" if key["verifies_only"] else ""
            self.stdout.write(
                f"{key['key_id']}  {key['algorithm']:6} {key['state']:9} "
                f"since {key['created']}{only}"
            )

    def _import(self, options: dict[str, Any], now: datetime) -> dict[str, list[str]]:
        days, path = options["retire_after"], options["import_file"]
        if options["force"]:
            raise CommandError("--force makes a key, --import takes one: expected one of them.")
        if days is not None and not 0 <= days <= MAX_DAYS:
            raise CommandError(f"--retire-after is {days}: expected 0 to {MAX_DAYS} days.")
        try:
            with path.open("rb") as file:
                data = file.read(public_keys.MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        try:
            found = public_keys.read(data, key_id=options["kid"], algorithm=options["algorithm"])
            done = importing.store(
                found.keys, now=now, retire_after=None if days is None else timedelta(days=days)
            )
        except BadKey as error:
            raise CommandError(f"Nothing was imported from {path}. {error}") from error
        for note in found.notes:
            self.stderr.write(self.style.WARNING(note))
        if done.imported and get_settings().OIDC_ISSUER is None:
            self.stderr.write(self.style.WARNING(_NO_ISSUER))
        return {"imported": done.imported, "unchanged": done.unchanged}


def _listed(now: datetime) -> list[dict[str, Any]]:
    life = ring.schedule()
    return [
        {
            "key_id": row.key_id,
            "algorithm": row.algorithm,
            "state": key_schedule.state_of(ring.key_of(row).age, life, now=now).value,
            "created": row.created.isoformat(),
            "verifies_only": not row.private_key,
        }
        for row in SigningKey.objects.order_by("created", "key_id")
    ]
