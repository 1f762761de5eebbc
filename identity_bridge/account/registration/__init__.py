"""Making an account, and finding the way back into one."""

from __future__ import annotations
