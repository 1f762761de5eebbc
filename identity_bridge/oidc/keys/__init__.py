"""Signing keys: made, kept encrypted, rotated; what is signed and verified with them."""

from __future__ import annotations
