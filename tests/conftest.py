"""What every test starts with."""

from __future__ import annotations

import os

import pytest
from django.core.cache import cache
from django.utils import translation
from hypothesis import HealthCheck, settings

# A busy machine makes a strategy slow, not wrong: no test may fail of the time it took.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

_settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
collect_ignore = [] if "provider" in _settings else ["clients", "oidc"]
if "browser" not in _settings:
    collect_ignore.append("browser")


@pytest.fixture(autouse=True)
def no_attempts_counted_yet() -> None:
    """Rate limits and used authenticator codes live in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture(autouse=True)
def the_language_of_the_project() -> None:
    """A page that one test read in German leaves its thread in German for all that follow."""
    translation.deactivate()
