"""Count records of the real .NET that one test compares in bulk, for ``make contracts``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence


def record_results(area: str, *, passed: int, failed: Sequence[str] = ()) -> None:
    """Note how many records of an area came out right; ``failed`` names the others."""
    path = os.environ.get("CONTRACTS_LOG")
    if path:
        with open(path, "a", encoding="utf-8") as log:
            entry = {"area": area, "passed": passed, "failed": list(failed)}
            log.write(json.dumps(entry) + "\n")
