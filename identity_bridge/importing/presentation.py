"""Show a plan, a run's progress and its report to people: rich on a terminal, plain elsewhere."""

from __future__ import annotations

import sys
import time
from textwrap import wrap
from typing import IO, TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from .issues import Severity
from .records import TARGET_TABLES

if TYPE_CHECKING:
    from .issues import Issue
    from .report import Report
    from .run import ImportOptions
    from .sources.source import Source
    from .undo import UndoReport

#: Issues shown one by one on screen; the report file and the admin have all of them.
_SHOWN_PER_CODE = 3
_SHOWN_KEPT = 20
_INDENT = 12
_GRAVITY = {Severity.INFO: 0, Severity.ATTENTION: 1, Severity.ERROR: 2}
_COLORS = {Severity.INFO: "dim", Severity.ATTENTION: "yellow", Severity.ERROR: "red"}


def console_for(stream: IO[str]) -> Console:
    """Return a console that writes to a stream; without colours where it is no terminal.

    Django's wrapper of standard output and error ends each write with a line end and paints
    errors red, which tears a progress bar apart: the stream inside is written to.
    """
    stream = getattr(stream, "_out", stream)
    is_terminal = bool(getattr(stream, "isatty", lambda: False)())
    return Console(file=stream, force_terminal=is_terminal, width=None if is_terminal else 110)


def _say(console: Console, label: str, text: str, *, style: str | None = None) -> None:
    """Print a label and what belongs to it, its further lines below its first one."""
    encoding = console.encoding or "utf-8"
    text = printable(text).encode(encoding, "replace").decode(encoding)
    lines = wrap(text, max(console.width - _INDENT, 30), break_on_hyphens=False) or [""]
    for at, line in enumerate(lines):
        start = label if at == 0 else ""
        console.print(
            f"{start:{_INDENT}}{line}", style=style, markup=False, highlight=False, soft_wrap=True
        )


def _table(title: str, *columns: str) -> Table:
    """Return a table of numbers, narrow enough for 80 columns."""
    table = Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def show_plan(
    source: Source, options: ImportOptions, target_counts: dict[str, int], console: Console
) -> None:
    """Say what is about to happen."""
    layout = source.layout
    _say(console, "Source", source.name)
    _say(console, "Found", f"{layout.generation.value}, {layout.key_type} keys, {layout.spelling}")
    _say(console, "Into", f"database {options.database!r}")
    chosen = [f"{reason}={one}" for reason, one in options.policies.items() if one != "skip"]
    _say(console, "Conflicts", f"{', '.join(chosen) or 'none'}; all others skip")
    table = _table("Plan", "table", "at the source", "in the target now")
    for name, target_table in TARGET_TABLES.items():
        if source.has(name) or target_counts[name]:
            table.add_row(target_table, f"{source.count(name):,}", f"{target_counts[name]:,}")
    console.print(table)


class ScreenProgress:
    """A bar with rate and remaining time on a terminal, a line now and then elsewhere."""

    _EVERY_SECONDS = 5.0

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.console = console_for(stream or sys.stderr)
        self._bar: Progress | None = None
        self._task: Any = None
        self._phase, self._done, self._total = "", 0, 0
        self._began = self._told = 0.0

    def start(self, phase: str, total: int) -> None:
        self.finish()
        self._phase, self._done, self._total = phase, 0, total
        self._began = self._told = time.monotonic()
        if self.console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description:10}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=self.console,
            )
            self._task = self._bar.add_task(phase, total=total, rate="")
            self._bar.start()

    def advance(self, number: int) -> None:
        self._done += number
        now = time.monotonic()
        rate = self._done / max(now - self._began, 1e-6)
        if self._bar is not None:
            self._bar.update(self._task, advance=number, rate=f"{rate:,.0f} users/s")
        elif now - self._told >= self._EVERY_SECONDS:
            self._told = now
            left = (self._total - self._done) / rate if rate else 0
            self.console.print(
                f"{self._phase}: {self._done:,} of {self._total:,} users, {rate:,.0f}/s,"
                f" about {left:,.0f} s left",
                highlight=False,
            )

    def finish(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def show_report(report: Report, console: Console) -> None:
    """Say what became of everything, the worst last."""
    _show_tables(report, console)
    _show_issues(report, console)
    verification = report.verification
    if verification is not None:
        verdict = "everything compared equal" if verification.ok else "DIFFERENCES FOUND"
        _say(
            console,
            "Verified",
            f"{verification.users_compared:,} users re-read and compared: {verdict}"
            f" ({verification.users_equal:,} equal, {verification.changed_in_django:,} changed in"
            f" Django since, {verification.not_imported:,} left out and reported)",
            style=None if verification.ok else "red",
        )
    seconds = f"{report.duration_seconds:,.1f} s"
    if report.error is not None:
        _say(console, "FAILED", f"{report.error['code']}: {report.error['message']}", style="red")
    elif report.dry_run:
        _say(console, "Dry run", f"nothing was written ({seconds})")
    else:
        words = {
            "complete": "everything is in",
            "attention": "everything that could come in is in; see the issues above",
        }[report.outcome]
        rate = f"{report.users_per_second:,.0f} users/s"
        _say(console, f"Run {report.run}", f"{words} ({seconds}, {rate})")


def _show_tables(report: Report, console: Console) -> None:
    if report.counters is None:
        return
    columns = ("source", "created", "updated", "unchanged", "skipped", "failed")
    table = _table("Result", "table", *columns)
    for name, counts in report.counters.tables.items():
        if counts.source or counts.accounted:
            numbers = (f"{getattr(counts, column):,}" for column in columns)
            table.add_row(TARGET_TABLES[name], *numbers)
    if table.row_count:
        console.print(table)


def _show_issues(report: Report, console: Console) -> None:
    """List the codes, the gravest last, each with its first message and a few keys."""
    if not report.issue_counts:
        return
    rows = sorted(report.issue_counts.items(), key=lambda item: (_GRAVITY[item[0][1]], item[0][0]))
    examples: dict[str, list[Issue]] = {code: [] for (code, _severity), _number in rows}
    for one in report.issues:
        if len(examples[one.code]) < _SHOWN_PER_CODE:
            examples[one.code].append(one)
    console.print("Issues", style="italic")
    for (code, severity), number in rows:
        _say(console, severity.value, f"{code}, {number:,}", style=_COLORS[severity])
        shown = examples[code]
        if not shown:
            continue
        _say(console, "", shown[0].message)
        for one in shown:
            _say(console, "", f"- {one.table} {_short(one.key)}")
        if number > len(shown):
            _say(console, "", f"- and {number - len(shown):,} more")


def printable(text: str) -> str:
    """Return a text that leaves a terminal alone: no control characters, no changed direction."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)


def _short(key: str) -> str:
    """Return a key as one short text: it may hold anything."""
    return (repr(key) if not key.strip() else key)[:80]


def show_undo(report: UndoReport, console: Console) -> None:
    """Say what was taken back."""
    _say(
        console,
        "Undone",
        f"run {report.run}: {report.users_removed:,} users and {report.roles_removed:,} roles"
        f" removed, {report.kept:,} kept",
    )
    for one in report.issues[:_SHOWN_KEPT]:
        _say(console, "kept", f"{one.table} {_short(one.key)}: {one.message}")
    if len(report.issues) > _SHOWN_KEPT:
        _say(console, "", f"and {len(report.issues) - _SHOWN_KEPT:,} more")
