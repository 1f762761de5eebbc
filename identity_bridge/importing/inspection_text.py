"""Show an inspection to a person: rich tables, plain text where the output is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from identity_bridge.aspnet import claim_types
from identity_bridge.importing.inspection import ROLE_CLAIMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from identity_bridge.importing.inspection_result import Inspection

PLAIN_WIDTH = 120


def write_text(found: Inspection, stream: Any) -> None:
    """Write the inspection to a text stream, such as a command's ``stdout``."""
    terminal = bool(getattr(stream, "isatty", bool)())
    console = Console(
        file=stream, width=None if terminal else PLAIN_WIDTH, highlight=False, emoji=False
    )
    console.print(f"Source      {escape(found.source)}")
    console.print(f"Generation  {found.generation} ({found.key_type} keys, {found.dialect})")
    console.print(f"Spelling    {escape(found.spelling)}", soft_wrap=True)
    for warning in found.warnings:
        console.print(f"Warning     {escape(warning)}", soft_wrap=True)
    _table(
        console,
        "Tables",
        ("holds", "table", "rows"),
        ((table["logical"], table["table"], table["rows"]) for table in found.tables),
    )
    _counts(console, "Password hashes", "kind", found.password_hashes.items())
    _table(
        console,
        "Claim types",
        ("type", "rows", "in tokens as"),
        ((name, rows, _where(name)) for name, rows in found.claim_types.most_common()),
    )
    _counts(console, "Claim types of roles", "type", found.role_claim_types.items())
    _counts(console, "Second factors", "factor", found.second_factors.items())
    _counts(console, "Login providers", "provider", found.login_providers.items())
    _counts(console, "Other tokens", "provider and name", found.token_kinds.items())
    _table(
        console,
        "Custom columns",
        ("table", "column", "type", "null"),
        (
            (column["table"], column["column"], column["type"], "yes" if column["nullable"] else "")
            for column in found.custom_columns
        ),
    )
    _table(
        console,
        "Anomalies",
        ("code", "count", "first met at"),
        (
            (code, finding.count, ", ".join(finding.keys[:3]))
            for code, finding in sorted(found.anomalies.items())
        ),
    )
    _counts(console, "Privileged roles", "role", found.privileged_roles.items())
    if found.privileged_accounts.count:
        console.print(
            f"{found.privileged_accounts.count} privileged accounts: an import gives nobody "
            "rights in Django unless asked to.",
            soft_wrap=True,
        )
    console.print(f"Estimated time of an import: {found.estimated_seconds:g} s")


def _where(claim_type: str) -> str:
    if claim_type in ROLE_CLAIMS:
        return f"{claim_types.short_name(claim_type)} (a claim; it grants nothing by itself)"
    return claim_types.short_name(claim_type)


def _counts(console: Console, title: str, name: str, counts: Iterable[tuple[str, int]]) -> None:
    ordered = sorted(counts, key=lambda count: (-count[1], count[0]))
    _table(console, title, (name, "count"), ((what, number) for what, number in ordered))


def _table(
    console: Console,
    title: str,
    headings: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        number = heading in ("rows", "count")
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        # Names from the source may hold anything, also control characters for terminals.
        table.add_row(*(escape(_printable(str(cell))) for cell in row))
    if table.row_count:
        console.print()
        console.print(table)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text)
