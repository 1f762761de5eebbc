"""What these tests start with."""

from __future__ import annotations

from tests.external.fixtures import (
    configure,
    grace,
    movable_clock,
    passkey_of,
    upstream,
    upstream_server,
)

__all__ = ["configure", "grace", "movable_clock", "passkey_of", "upstream", "upstream_server"]
