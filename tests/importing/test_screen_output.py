"""What the command prints: readable in 80 columns and in a pipe, whatever the source holds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from identity_bridge.importing.issues import issue
from identity_bridge.importing.presentation import (
    ScreenProgress,
    console_for,
    printable,
    show_report,
    show_undo,
)
from identity_bridge.importing.report import Report
from identity_bridge.importing.undo import UndoReport
from tests.fixtures_data import fixture_path
from tests.importing.small_sources import SmallSource, run_command

_HOSTILE = "\x1b[31mred\x1b]0;title\x07[red]x[/red] \u202eevil\r\nline\x9b2J"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _report(*, message: str = "It is odd.", key: str = "u1") -> Report:
    report = Report(source="app.db", run=1)
    report.add([issue("hash_empty", "AspNetUsers", key, message)] * 5)
    return report


def _shown(report: Report, width: int = 80) -> str:
    stream = io.StringIO()
    show_report(report, Console(file=stream, width=width))
    return stream.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sqlite_v3_string", "sqlite_dirty"])
def test_no_line_in_a_pipe_is_longer_than_110_characters(name: str) -> None:
    outcome = run_command(fixture_path(f"databases/{name}/app.db"))
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 110
    assert "\x1b" not in outcome.out
    (verified,) = [n for n, line in enumerate(lines) if line.startswith("Verified")]
    assert lines[verified + 1].startswith(" " * 12)


@pytest.mark.parametrize("width", [80, 110])
def test_long_messages_wrap_under_their_first_line(width: int) -> None:
    text = _shown(_report(message="word " * 60), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert all(
        line.startswith((" " * 12, "Issues", "attention", "Run"))
        for line in text.split("\n")
        if line
    )


def test_the_number_of_issues_and_the_first_keys_are_shown() -> None:
    text = _shown(_report())
    assert "attention   hash_empty, 5\n" in text
    assert text.count("- AspNetUsers u1") == 3
    assert "- and 2 more" in text


def test_the_worst_issues_come_last() -> None:
    report = _report()
    report.add([issue("record_failed", "AspNetUsers", "u1", "x")])
    report.add([issue("claim_null", "AspNetUserClaims", "1", "x")])
    text = _shown(report)
    assert text.index("claim_null") < text.index("hash_empty") < text.index("record_failed")


def test_a_hostile_key_or_message_cannot_drive_the_terminal() -> None:
    report = _report(key=_HOSTILE, message=_HOSTILE)
    report.fail("conflict", _HOSTILE)
    undone = UndoReport(1, kept=1, issues=report.issues)
    stream = io.StringIO()
    console = Console(file=stream, width=80)
    show_report(report, console)
    show_undo(undone, console)
    text = stream.getvalue()
    assert "[red]" in text
    for character in ("\x1b", "\x07", "\r", "\x9b", "\u202e"):
        assert character not in text
    assert printable("a\tb\x00c") == "a\ufffdb\ufffdc"


@pytest.mark.django_db
def test_a_hostile_row_cannot_drive_the_terminal(source: SmallSource) -> None:
    source.user(_HOSTILE, _HOSTILE, PasswordHash="x")
    source.user("u2", _HOSTILE)
    source.role(_HOSTILE, "Administrators" + _HOSTILE)
    source.member("absent" + _HOSTILE, _HOSTILE)
    for format_ in ("text", "json"):
        outcome = run_command(source.path, format=format_)
        for character in ("\x1b", "\x07", "\r", "\x9b", "\u202e"):
            assert character not in outcome.out + outcome.err


def test_a_terminal_that_is_not_utf8_gets_no_error() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii", write_through=True)
    show_report(_report(key="ünï…", message="naïve — text"), Console(file=stream, width=80))
    assert b"na?ve" in buffer.getvalue()


def test_a_bar_on_a_terminal_is_neither_red_nor_torn_by_djangos_wrapper() -> None:
    from django.core.management.base import OutputWrapper
    from django.core.management.color import make_style

    stream = Terminal()
    wrapper = OutputWrapper(stream)
    wrapper.style_func = make_style("dark").ERROR
    progress = ScreenProgress(wrapper)  # type: ignore[arg-type]
    progress.start("importing", 10)
    progress.advance(10)
    progress.finish()
    assert "\x1b[31;1m" not in stream.getvalue()
    assert console_for(wrapper).is_terminal  # type: ignore[arg-type]


def test_progress_without_a_terminal_is_a_line_now_and_then(monkeypatch: Any) -> None:
    stream = io.StringIO()
    progress = ScreenProgress(stream)
    monkeypatch.setattr(progress, "_EVERY_SECONDS", 0.0)
    progress.start("importing", 10)
    progress.advance(4)
    progress.finish()
    assert stream.getvalue().startswith("importing: 4 of 10 users, ")
