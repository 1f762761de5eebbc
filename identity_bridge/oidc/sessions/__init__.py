"""Sessions of users at this provider: begun with the sign-in, ended with the sign-out."""

from __future__ import annotations
