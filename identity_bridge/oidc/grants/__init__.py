"""Codes and tokens in the database: their digests, looked up, used once, revoked in families."""

from __future__ import annotations
