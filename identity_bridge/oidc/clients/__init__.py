"""Clients and APIs that authenticate with a secret or a signed assertion."""

from __future__ import annotations
