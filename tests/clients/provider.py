"""The live provider, as its clients see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from jwcrypto.jwk import JWK

from .places import Places


@dataclass(frozen=True)
class Provider:
    """Where it is, and the key that its clients sign assertions with."""

    places: Places
    key: JWK = field(repr=False)

    @property
    def issuer(self) -> str:
        return self.places.issuer

    @property
    def redirect_uri(self) -> str:
        return self.places.redirect_uri

    @property
    def discovery(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"
