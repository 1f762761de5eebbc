"""Tokens about users and clients: made here, and what is presented later is checked here."""

from __future__ import annotations
