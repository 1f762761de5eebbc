"""The endpoints, at IdentityServer's paths: each parses, calls one flow, and responds."""

from __future__ import annotations
