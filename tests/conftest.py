"""What every test starts with."""

from __future__ import annotations

import os

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings

# A busy machine makes a strategy slow, not wrong: no test may fail of the time it took.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

if "provider" not in os.environ.get("DJANGO_SETTINGS_MODULE", ""):
    collect_ignore = ["clients", "oidc"]


@pytest.fixture(autouse=True)
def no_attempts_counted_yet() -> None:
    """Rate limits and used authenticator codes live in the cache, which outlives a test."""
    cache.clear()
