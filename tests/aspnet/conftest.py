"""Property tests here measure nothing: a busy machine must not fail them."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("aspnet", deadline=None)
settings.load_profile("aspnet")
