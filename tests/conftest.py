"""What every test starts with."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_counted_yet() -> None:
    """Rate limits and used authenticator codes live in the cache, which outlives a test."""
    cache.clear()
