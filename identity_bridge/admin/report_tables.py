"""An import's report, whatever it holds, as plain tables."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_EMPTY = mark_safe("")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def report_tables(report: Any) -> SafeString:
    """Return single values in one table, then one table for each part with an inside."""
    if not isinstance(report, dict):
        return _cell(report)
    single = {name: value for name, value in report.items() if not _has_inside(value)}
    parts = [_pairs(single)] if single else []
    for name, value in report.items():
        if _has_inside(value):
            parts += [format_html("<h3>{}</h3>", _words(name)), _part(value)]
    inside = format_html_join("", "{}", ((part,) for part in parts))
    return format_html('<div class="ib-report">{}</div>', inside)


def _has_inside(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _words(name: str) -> str:
    return str(name).replace("_", " ")


def _part(value: Any) -> SafeString:
    """Return a table for what is one; a part of a part gets its own, under its name."""
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return _rows(value)
    if not isinstance(value, dict):
        return _cell(value)
    if all(isinstance(row, dict) for row in value.values()):
        return _rows([{"": name} | row for name, row in value.items()])
    return _pairs(value)


def _pairs(values: dict[str, Any]) -> SafeString:
    rows = [
        (_words(name), _part(value) if _is_table(value) else _cell(value))
        for name, value in values.items()
        if value not in _NOTHING
    ]
    body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows)
    return format_html("<table><tbody>{}</tbody></table>", body)


def _is_table(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return _has_inside(value) and all(isinstance(row, dict) for row in inside)


def _rows(rows: list[dict[str, Any]]) -> SafeString:
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = format_html_join("", '<th scope="col">{}</th>', ((_words(name),) for name in names))
    body = (
        (format_html_join("", "<td>{}</td>", ((_cell(row.get(name)),) for name in names)),)
        for row in rows
    )
    return format_html(
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        head,
        format_html_join("", "<tr>{}</tr>", body),
    )


def _cell(value: Any) -> SafeString:
    if value in _NOTHING:
        return _EMPTY
    if isinstance(value, dict) and not any(_has_inside(inner) for inner in value.values()):
        return format_html_join(", ", "{} {}", ((_words(n), str(v)) for n, v in value.items()))
    if isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
        return format_html("<pre>{}</pre>", text)
    return format_html("{}", value)
