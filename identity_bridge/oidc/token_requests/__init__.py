"""The grants of the token endpoint: what each presents, checks, and leads to."""

from __future__ import annotations
