"""Adding, naming and removing passkeys, and signing in with one."""

from __future__ import annotations
