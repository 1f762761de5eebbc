"""For APIs of the project: views and REST framework classes that ask for an access token."""

from __future__ import annotations
