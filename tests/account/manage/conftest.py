"""A browser, and settings that send mails in the request."""

from __future__ import annotations

from tests.account.mailing import Bridge, bridge, client

__all__ = ["Bridge", "bridge", "client"]
