"""Where the tests find what the real .NET wrote, and how they read it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FIXTURES_DIR = Path(os.environ.get("FIXTURES_DIR") or Path(__file__).parent / "fixtures").resolve()


def fixture_path(relative: str) -> Path:
    """Return the path of a fixture; skip the test, loudly, where the data folder lacks it."""
    path = FIXTURES_DIR / relative
    if not path.exists():
        pytest.skip(f"{relative} is not in FIXTURES_DIR ({FIXTURES_DIR})")
    return path


def load_json(relative: str) -> Any:
    return json.loads(fixture_path(relative).read_text(encoding="utf-8"))


def records(relative: str) -> list[dict[str, Any]]:
    """Return the records of a .jsonl file, or of a .json file that holds a list.

    Called at collection to parametrise tests: an absent file gives one record that skips.
    """
    if not (FIXTURES_DIR / relative).exists():
        reason = f"{relative} is not in FIXTURES_DIR ({FIXTURES_DIR})"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")]
    return load_records(relative)


def load_records(relative: str) -> list[dict[str, Any]]:
    """Return the same records inside a test: an absent file skips it."""
    path = fixture_path(relative)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.split("\n") if line]
    return json.loads(text)


def record_id(record: Any) -> str | None:
    """Name a parametrised case after its record."""
    return str(record["id"]) if isinstance(record, dict) and "id" in record else None
