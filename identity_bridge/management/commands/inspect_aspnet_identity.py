"""``manage.py inspect_aspnet_identity SOURCE``: say what an import of a source will meet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from identity_bridge.exceptions import ImportSourceError
from identity_bridge.importing.emit_model import emit_model
from identity_bridge.importing.inspection import inspect
from identity_bridge.importing.inspection_text import write_text
from identity_bridge.importing.sources import open_source
from identity_bridge.management.table_option import add_table_option, chosen_tables

if TYPE_CHECKING:
    from argparse import ArgumentParser

UNREADABLE = 2
"""Exit code when the source cannot be read."""


class Command(BaseCommand):
    """Arguments in, text or JSON out; the source is only read."""

    help = "Look through an ASP.NET Identity database without changing anything anywhere."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source",
            help="database URL, DATABASES alias, SQLite file, or folder of CSV or JSON Lines files",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument(
            "--emit-model",
            action="store_true",
            help="print the source of a user model with the custom columns, and nothing else",
        )
        add_table_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open_source(
                options["source"],
                django_databases=connections.settings,
                tables=chosen_tables(options["table"]),
            ) as source:
                if options["emit_model"]:
                    self.stdout.write(emit_model(source.layout), ending="")
                elif options["format"] == "json":
                    found = inspect(source).as_dict()
                    self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
                else:
                    write_text(inspect(source), self.stdout)
        except ImportSourceError as error:
            raise CommandError(f"[{error.code}] {error}", returncode=UNREADABLE) from error
