"""What these tests start with."""

from __future__ import annotations

from .fixtures import configure, grace, movable_clock, upstream, upstream_server

__all__ = ["configure", "grace", "movable_clock", "upstream", "upstream_server"]
