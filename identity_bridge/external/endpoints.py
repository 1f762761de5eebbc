"""Where a provider is talked to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Of one provider, whatever its kind."""

    authorization: str
    token: str
    authentication: str = "client_secret_post"
    """How the client authenticates at the token endpoint."""
    issuer: str = ""
    """What ``iss`` of its answers has to be (RFC 9207); empty where nothing is known."""
    sends_issuer: bool = False
    """Every answer of it has an ``iss``."""
