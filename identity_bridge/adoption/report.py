"""Show an inspection to people (rich text) and to programs (JSON)."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from .findings import Severity

if TYPE_CHECKING:
    from .findings import Finding
    from .inspection import Inspection

STEPS = """\
Adopting a database that ASP.NET Core Identity wrote, in place:

1. Take a backup. Point DATABASES at the database and set KEY_TYPE in IDENTITY_BRIDGE.
2. manage.py adopt_aspnet_database --check
   says what differs from the models, with the SQL that settles it. It writes nothing.
3. If the ApplicationUser has columns of its own that Django should know or that are NOT NULL:
   manage.py inspect_aspnet_identity --emit-model
   writes a subclass of AbstractIdentityUser. Put it into an app of yours, set AUTH_USER_MODEL,
   and run makemigrations for that app.
4. manage.py migrate --fake-initial
   takes the AspNet tables as they are and adds what only Django needs: IsActive, IsStaff,
   IsSuperuser, LastLogin and DateJoined (also to the table of your own user model), a unique
   index on UserName, and Django's own tables. No column and no row is rewritten.
5. manage.py adopt_aspnet_database --check
   once more: the .NET application can go on working on the same tables. As long as it does,
   let it read new passwords: AspNetIdentityPasswordHasher first in PASSWORD_HASHERS, and
   "PASSWORD_UPGRADE": "aspnet".
"""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "cyan"}


def as_json(inspection: Inspection) -> str:
    """Return the inspection as one JSON object; keys are the dataclasses' fields."""
    return json.dumps(
        asdict(inspection) | {"clean": inspection.clean}, indent=2, ensure_ascii=False
    )


def as_text(inspection: Inspection, *, colour: bool = False) -> str:
    """Return the inspection for a terminal; SQL stands on lines of its own, to be copied."""
    console = Console(
        file=io.StringIO(), force_terminal=colour, no_color=not colour, width=100, highlight=False
    )
    for finding in inspection.findings:
        _print_finding(console, finding)
    console.print(Text(_summary(inspection)), soft_wrap=True)
    assert isinstance(console.file, io.StringIO)  # noqa: S101 - for the type checker
    return console.file.getvalue()


def _print_finding(console: Console, finding: Finding) -> None:
    head = Text(f"{finding.severity}", style=_STYLES[finding.severity])
    head.append(f"  {finding.kind}  ", style="default")
    head.append(finding.place, style="bold")
    console.print(head, soft_wrap=True)
    for label, value in (("found", finding.found), ("expected", finding.expected)):
        if value:
            console.print(Text(f"    {label}: {value}"), soft_wrap=True)
    if finding.advice:
        console.print(Text(f"    {finding.advice}"), soft_wrap=True)
    for statement in finding.statements:
        console.print(Text(f"        {statement}"), soft_wrap=True)


def _summary(inspection: Inspection) -> str:
    counted = {
        level: sum(finding.severity is level for finding in inspection.findings)
        for level in Severity
    }
    numbers = (
        f"{counted[Severity.ERROR]} errors, {counted[Severity.WARNING]} warnings, "
        f"{counted[Severity.INFORMATION]} notes"
    )
    if not inspection.clean:
        return f"The database {inspection.database!r} differs from the models: {numbers}."
    next_step = (
        "it is adopted"
        if inspection.adopted
        else "adopt it with `manage.py migrate --fake-initial`"
    )
    return f"Nothing to repair in the database {inspection.database!r} ({numbers}): {next_step}."
