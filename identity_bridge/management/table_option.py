"""The option ``--table NAME=TABLE`` of the commands that read a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser

_USAGE = 2


def add_table_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--table",
        action="append",
        default=[],
        metavar="NAME=TABLE",
        help="name a table by hand where several fit: users=identity.people",
    )


def chosen_tables(pairs: list[str]) -> dict[str, str]:
    """Return logical name -> table as ``open_source`` takes it.

    :raises CommandError: not of the form NAME=TABLE.
    """
    chosen = {}
    for pair in pairs:
        logical, _separator, table = pair.partition("=")
        if not (logical and table):
            raise CommandError(
                f"--table {pair}: expected NAME=TABLE, for example users=identity.people",
                returncode=_USAGE,
            )
        chosen[logical] = table
    return chosen
