"""Setting the second factor up and taking it down."""

from __future__ import annotations
