"""``clear_expired_grants``: delete what nobody can use any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from identity_bridge.oidc.grants import clearing

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Delete codes, tokens, device codes and consents whose time is over, and old logout "
        "notifications. Run it every day."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch-size", type=int, default=1000, metavar="N", help="rows of one statement"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = clearing.clear_expired(batch_size=max(1, options["batch_size"]))
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
