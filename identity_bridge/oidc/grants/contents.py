"""What a stored grant says about its user, to and from JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from identity_bridge.oidc.protocol.interaction import SignedIn


def to_json(signed_in: SignedIn) -> dict[str, Any]:
    return asdict(signed_in) | {"amr": list(signed_in.amr)}


def from_json(data: dict[str, Any]) -> SignedIn:
    return SignedIn(**data | {"amr": tuple(data["amr"])})
