"""manage.py import_aspnet_identity SOURCE"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from identity_bridge.exceptions import IdentityBridgeError, ImportTargetError
from identity_bridge.importing.policies import DEFAULT_POLICIES, UnknownPolicy, parse_policies
from identity_bridge.importing.presentation import (
    ScreenProgress,
    console_for,
    printable,
    show_plan,
    show_report,
    show_undo,
)
from identity_bridge.importing.refusals import reason_of
from identity_bridge.importing.report import EXIT_FAILED, Report
from identity_bridge.importing.run import DEFAULT_BATCH_SIZE, ImportOptions, run_import
from identity_bridge.importing.sources import open_source
from identity_bridge.importing.target import Target
from identity_bridge.importing.undo import undo_run
from identity_bridge.management.table_option import add_table_option, chosen_tables

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Import the users of an ASP.NET Identity installation: passwords, roles, claims, logins,"
        " second factors and passkeys. Run it as often as you like: only what changed at the"
        " source is touched. Exit code 0: everything is in; 1: some records need attention;"
        " 2: the run failed."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source",
            metavar="SOURCE",
            nargs="?",
            help="a database URL (postgresql://, mysql://, mssql://, sqlite:///), an alias of"
            " DATABASES, a SQLite file, or a folder of CSV or JSON Lines files",
        )
        parser.add_argument("--dry-run", action="store_true", help="plan everything, write nothing")
        parser.add_argument("--report", metavar="FILE", help="write the whole report as JSON")
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="of standard output"
        )
        parser.add_argument(
            "--batch-size",
            type=int,
            metavar="N",
            default=DEFAULT_BATCH_SIZE,
            help=f"users read and committed together (default {DEFAULT_BATCH_SIZE})",
        )
        parser.add_argument(
            "--on-conflict",
            action="append",
            default=[],
            metavar="REASON=skip|overwrite|fail",
            help=f"what to do when the target has it already; REASON is one of"
            f" {', '.join(DEFAULT_POLICIES)}; may be given several times",
        )
        add_table_option(parser)
        parser.add_argument(
            "--allow-privileged",
            action="store_true",
            help="let members of STAFF_ROLES and SUPERUSER_ROLES become staff and superusers, and"
            " imported users join roles that carry Django permissions",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            metavar="ALIAS",
            help="the database of this project to import into",
        )
        parser.add_argument(
            "--undo",
            type=int,
            metavar="RUN",
            help="remove what run RUN created and nobody has touched since; takes no SOURCE",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["undo"] is not None:
                exit_code = self._undo(options)
            else:
                exit_code = self._import(options)
        except IdentityBridgeError as error:
            self._fail(error, options)
        if exit_code:
            sys.exit(exit_code)

    def _import(self, options: dict[str, Any]) -> int:
        if not options["source"]:
            raise CommandError("SOURCE is missing: where to import from.", returncode=EXIT_FAILED)
        if options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.", returncode=EXIT_FAILED)
        try:
            policies = parse_policies(options["on_conflict"])
        except UnknownPolicy as error:
            raise CommandError(f"--on-conflict: {error}", returncode=EXIT_FAILED) from error
        if options["database"] not in settings.DATABASES:
            raise CommandError(
                f"--database: DATABASES has no {options['database']!r}.", returncode=EXIT_FAILED
            )
        if options["report"]:
            _check_writable(Path(options["report"]))
        chosen = ImportOptions(
            database=options["database"],
            dry_run=options["dry_run"],
            batch_size=options["batch_size"],
            policies=policies,
            allow_privileged=options["allow_privileged"],
        )
        out = console_for(self.stdout)  # type: ignore[arg-type]
        as_text = options["format"] == "text"
        counts = _counts_of(chosen.database)
        with open_source(
            options["source"],
            django_databases=connections.settings,
            tables=chosen_tables(options["table"]),
        ) as source:
            if as_text and options["verbosity"]:
                show_plan(source, chosen, counts, out)
            report = run_import(source, chosen, ScreenProgress(self.stderr))  # type: ignore[arg-type]
        self._deliver(report, options, as_text)
        return report.exit_code

    def _deliver(self, report: Report, options: dict[str, Any], as_text: bool) -> None:
        if options["report"]:
            _write_report(report, Path(options["report"]))
        if as_text:
            show_report(report, console_for(self.stdout))  # type: ignore[arg-type]
        else:
            self.stdout.write(json.dumps(report.as_dict()))

    def _undo(self, options: dict[str, Any]) -> int:
        if options["source"]:
            raise CommandError("--undo takes no SOURCE.", returncode=EXIT_FAILED)
        progress = ScreenProgress(self.stderr)  # type: ignore[arg-type]
        progress.start("undoing", 0)
        try:
            report = undo_run(options["undo"], using=options["database"], progress=progress.advance)
        finally:
            progress.finish()
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            show_undo(report, console_for(self.stdout))  # type: ignore[arg-type]
        return report.exit_code

    def _fail(self, error: IdentityBridgeError, options: dict[str, Any]) -> None:
        """A failure before the run began: the same report, the same exit code."""
        report = Report(source="")  # the name of one that could not be opened may hold a password
        report.fail(error.code, str(error))
        if options["report"]:
            _write_report(report, Path(options["report"]))
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_dict()))
        raise CommandError(
            f"{error.code}: {printable(str(error))}", returncode=EXIT_FAILED
        ) from error


def _counts_of(alias: str) -> dict[str, int]:
    """Return the rows of the target's tables, which also tells if it has them.

    :raises ImportTargetError: no such database, or it was not migrated.
    """
    try:
        return Target(alias).counts()
    except (DatabaseError, InterfaceError) as error:
        raise ImportTargetError(
            f"database {alias!r} of this project cannot take an import: {reason_of(error)}."
            " Expected the tables that manage.py migrate makes."
        ) from error


def _write_report(report: Report, path: Path) -> None:
    path.write_text(json.dumps(report.as_dict(), indent=1), encoding="utf-8")


def _check_writable(path: Path) -> None:
    """Find out before a long run, not after it, that the report cannot be written."""
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise CommandError(
            f"--report: cannot write {path}: {error.strerror}.", returncode=EXIT_FAILED
        ) from error
