"""Claims about users, as tokens and the userinfo endpoint give them out."""

from __future__ import annotations
