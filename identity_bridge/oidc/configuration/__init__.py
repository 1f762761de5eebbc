"""The configuration of the provider: read from the tables, kept in memory, loaded from files."""

from __future__ import annotations
