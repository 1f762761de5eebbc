"""What a comparison finds, as values that a report prints and a program reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """``migrate --fake-initial`` would fail, or Django could not work on the tables."""
    WARNING = "warning"
    """It works, but not as well as on tables that EF made: repair it."""
    INFORMATION = "information"
    """Worth knowing; nothing has to be done."""


class Kind(StrEnum):
    """The kinds of findings; docs/how-to and the JSON report use these words."""

    MISSING_TABLE = "missing_table"
    MISSING_COLUMN = "missing_column"
    PRESENT_DJANGO_COLUMN = "present_django_column"
    WRONG_TYPE = "wrong_type"
    SHORTER_TEXT = "shorter_text"
    NOT_NULLABLE = "not_nullable"
    NULLABLE = "nullable"
    MISSING_DEFAULT = "missing_default"
    UNDECLARED_COLUMN = "undeclared_column"
    UNDECLARED_REQUIRED_COLUMN = "undeclared_required_column"
    WRONG_PRIMARY_KEY = "wrong_primary_key"
    MISSING_INDEX = "missing_index"
    NOT_UNIQUE = "not_unique"
    STRICTER_INDEX = "stricter_index"
    MISSING_FOREIGN_KEY = "missing_foreign_key"
    WRONG_ON_DELETE = "wrong_on_delete"
    BLOCKING_REFERENCE = "blocking_reference"
    WRONG_KEY_TYPE = "wrong_key_type"
    DUPLICATE_USER_NAME = "duplicate_user_name"
    DUPLICATE_NORMALIZED_NAME = "duplicate_normalized_name"
    ORPHANED_ROWS = "orphaned_rows"
    UNREADABLE_NUMBER = "unreadable_number"
    NULL_SECURITY_STAMP = "null_security_stamp"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One difference between the database and the models, or one anomaly of the rows."""

    kind: Kind
    severity: Severity
    table: str
    name: str = ""
    """The column, index or foreign key; empty where it is the table itself."""
    found: str = ""
    expected: str = ""
    statements: tuple[str, ...] = ()
    """SQL of this database that settles it, to be run in this order."""
    advice: str = ""

    @property
    def place(self) -> str:
        return f"{self.table}.{self.name}" if self.name else self.table


def worst(findings: tuple[Finding, ...]) -> Severity:
    """Return the highest severity; INFORMATION for no findings."""
    present = {finding.severity for finding in findings}
    return next((level for level in Severity if level in present), Severity.INFORMATION)
