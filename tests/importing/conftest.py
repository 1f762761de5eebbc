"""What several files of these tests share."""

from __future__ import annotations

from tests.importing.small_sources import source

__all__ = ["source"]
