"""Every code that a report may show is described for the person who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import identity_bridge
from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.importing.issues import SEVERITIES
from tests.modules import has_provider, import_all

_REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _sections(page: str) -> dict[str, list[str]]:
    """Return the texts under each heading of the third level."""
    found: dict[str, list[str]] = {}
    parts = re.split(r"(?m)^### (\S+)$", (_REFERENCE / page).read_text(encoding="utf-8"))
    for code, text in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(code, []).append(text.split("\n## ")[0])
    return found


def _error_codes() -> set[str]:
    import_all()

    def codes(error: type[IdentityBridgeError]) -> Iterator[str]:
        yield error.code
        for child in error.__subclasses__():
            yield from codes(child)

    return set(codes(IdentityBridgeError))


_ISSUES = _sections("import-issues.md")
_ERRORS = _sections("errors.md")


@pytest.mark.parametrize("code", sorted(SEVERITIES))
def test_each_issue_code_has_one_section(code: str) -> None:
    (text,) = _ISSUES[code]
    assert f"Severity: {SEVERITIES[code].value}.\n" in text
    assert "What to do: " in text


def test_no_issue_code_is_described_that_does_not_exist() -> None:
    assert set(_ISSUES) == set(SEVERITIES)


def test_each_error_code_has_one_section() -> None:
    of_the_report = {"interrupted", "unexpected"}
    found = _error_codes() | of_the_report
    # The page has the provider's codes too; tests/oidc runs this once more with the provider.
    assert found == set(_ERRORS) if has_provider() else found <= set(_ERRORS)
    assert all(len(texts) == 1 for texts in _ERRORS.values())


def test_each_issue_code_is_used_by_the_import() -> None:
    package = Path(identity_bridge.__file__).parent
    others = [path for path in package.rglob("*.py") if path.name != "issues.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in others)
    assert [code for code in SEVERITIES if f'"{code}"' not in text] == []
