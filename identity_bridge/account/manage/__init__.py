"""What the owner of an account changes about it."""

from __future__ import annotations
