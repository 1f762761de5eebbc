"""The only place that imports django-oauth-toolkit and oauthlib."""

from __future__ import annotations
