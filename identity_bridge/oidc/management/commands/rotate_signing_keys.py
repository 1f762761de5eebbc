"""``rotate_signing_keys``: announce the next key when it is time; for cron, once a day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from identity_bridge.oidc import clock
from identity_bridge.oidc.keys import ring, rotation
from identity_bridge.oidc.models import SigningKey
from identity_bridge.oidc.protocol import key_schedule

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Make the signing keys that are due, delete those that nobody needs any more, and list all "
        "keys with their state. Does nothing where nothing is due, so it can run every day."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="make a new key although none is due"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.moment()
        done = rotation.rotate(now=now, force=options["force"])
        life = ring.schedule()
        keys = [
            {
                "key_id": row.key_id,
                "algorithm": row.algorithm,
                "state": key_schedule.state_of(ring.key_of(row).age, life, now=now).value,
                "created": row.created.isoformat(),
                "verifies_only": not row.private_key,
            }
            for row in SigningKey.objects.order_by("created", "key_id")
        ]
        if options["format"] == "json":
            shown = {"created": done.created, "removed": done.removed, "keys": keys}
            self.stdout.write(json.dumps(shown, indent=2))
            return
        for key_id in done.created:
            self.stdout.write(f"created {key_id}")
        for key_id in done.removed:
            self.stdout.write(f"removed {key_id}")
        for key in keys:
            only = ", verifies only" if key["verifies_only"] else ""
            self.stdout.write(
                f"{key['key_id']}  {key['algorithm']:6} {key['state']:9} "
                f"since {key['created']}{only}"
            )
