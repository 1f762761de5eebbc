"""``manage.py adopt_aspnet_database``: say what differs between a database and the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from identity_bridge.adoption.inspection import AdoptionError, inspect_database
from identity_bridge.adoption.report import STEPS, as_json, as_text

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Exit code: 0 nothing to do, 1 differences to repair, 2 the database cannot be compared."""

    help = (
        "Compares an existing ASP.NET Core Identity database with the models and prints the SQL "
        "that settles each difference. Writes nothing; `migrate --fake-initial` adopts."
    )
    # The point is to look before the project is complete.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Compare; without it, the steps are explained."
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, help="The alias of the database in DATABASES."
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(STEPS)
            return
        try:
            inspection = inspect_database(options["database"])
        except AdoptionError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(as_json(inspection))
        else:
            colour = bool(self.style.ERROR("x") != "x")
            self.stdout.write(as_text(inspection, colour=colour), ending="")
        if not inspection.clean:
            raise SystemExit(1)
