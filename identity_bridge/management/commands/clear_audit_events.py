"""``clear_audit_events``: forget what is older than the project has to keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from identity_bridge.models import AuditEvent

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Delete old events of the audit table. Run it every day."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=int, default=365, metavar="DAYS", help="delete what is older"
        )
        parser.add_argument(
            "--batch-size", type=int, default=1000, metavar="N", help="rows of one statement"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            before = timezone.now() - timedelta(days=options["older_than"])
        except OverflowError:
            before = None  # nothing is that old
        if options["older_than"] < 0 or options["batch_size"] < 1:
            raise CommandError("--older-than and --batch-size count upwards from 0 and from 1.")
        count = 0
        while before is not None:
            old = AuditEvent.objects.filter(at__lt=before).order_by("at")
            keys = list(old.values_list("pk", flat=True)[: options["batch_size"]])
            if not keys:
                break
            count += AuditEvent.objects.filter(pk__in=keys).delete()[0]
        self.stdout.write(f"audit events: {count}")
