"""Signing in by an account elsewhere."""

from __future__ import annotations
