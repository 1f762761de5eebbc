"""The time that decides over sessions and cookies, in one place so that tests can move it."""

from __future__ import annotations

import time


def now() -> float:
    """Return Unix seconds."""
    return time.time()
