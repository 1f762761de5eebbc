"""``send_logout_notifications``: tell clients of ended sessions, until they answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from identity_bridge.oidc.sessions import ending, notifications

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "End sessions whose time is over, and send the logout tokens that are due. Run it every "
        "minute, or once with --forever beside the web processes."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every", type=int, default=10, metavar="SECONDS", help="pause with --forever"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            ended, answered = ending.end_expired(), notifications.send_due()
            if ended or answered or not options["forever"]:
                self.stdout.write(f"{ended} sessions expired, {answered} clients told")
            if not options["forever"]:
                return
            time.sleep(max(1, options["every"]))
