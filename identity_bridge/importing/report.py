"""The report of a run: data, to be shown, written to a file and kept in the database. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .issues import Severity

if TYPE_CHECKING:
    from .counters import Counters
    from .issues import Issue
    from .verification import Verification

EXIT_COMPLETE, EXIT_ATTENTION, EXIT_FAILED = 0, 1, 2

#: Issues that a report holds one by one; the admin has them all.
MAX_ISSUES = 100_000


@dataclass(slots=True)
class Report:
    """Everything a run has to say; ``as_dict`` is the JSON report."""

    source: str
    generation: str = ""
    key_type: str = ""
    run: int | None = None
    dry_run: bool = False
    duration_seconds: float = 0.0
    users_per_second: float = 0.0
    counters: Counters | None = None
    issues: list[Issue] = field(default_factory=list)
    issue_counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    verification: Verification | None = None
    error: dict[str, str] | None = None
    """Code and message of what ended the run."""

    def add(self, issues: list[Issue]) -> None:
        """Take note of issues; beyond MAX_ISSUES only their number."""
        for one in issues:
            self.issue_counts[(one.code, one.severity)] += 1
        room = MAX_ISSUES - len(self.issues)
        if room > 0:
            self.issues += issues[:room]

    def fail(self, code: str, message: str) -> None:
        """Say what ended the run."""
        self.error = {"code": code, "message": message}

    @property
    def exit_code(self) -> int:
        if self.error is not None:
            return EXIT_FAILED
        if self.verification is not None and not self.verification.ok:
            return EXIT_ATTENTION
        worst = {severity for _code, severity in self.issue_counts}
        return EXIT_ATTENTION if worst - {Severity.INFO} else EXIT_COMPLETE

    @property
    def outcome(self) -> str:
        return ("complete", "attention", "failed")[self.exit_code]

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "generation": self.generation,
            "key_type": self.key_type,
            "run": self.run,
            "dry_run": self.dry_run,
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "duration_seconds": round(self.duration_seconds, 3),
            "users_per_second": round(self.users_per_second, 1),
            "tables": self.counters.as_dict() if self.counters else {},
            "issue_counts": {
                code: number for (code, _severity), number in sorted(self.issue_counts.items())
            },
            "issues": [one.as_dict() for one in self.issues],
            "verification": self.verification.as_dict() if self.verification else {},
            "error": self.error,
        }
