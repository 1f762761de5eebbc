"""``manage.py password_hash_report``: what the stored passwords are."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS

from identity_bridge.passwords.report import PasswordReport, password_hash_report


class Command(BaseCommand):
    help = (
        "Count users by the format of their password hash, its hash function and its iterations, "
        "and those nobody can sign in with by a password, by reason. Reads only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="How to print the report."
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, help="Alias of the database to read."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = password_hash_report(using=options["database"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_dict(), indent=2))
        else:
            self.stdout.write(_as_text(report))


def _as_text(report: PasswordReport) -> str:
    lines = [f"{report.users:>10}  users"]
    lines += [
        f"{number:>10}  {kind.name}" + (f"  (unusable: {kind.reason})" if kind.reason else "")
        for kind, number in report.kinds.most_common()
    ]
    return "\n".join(lines)
