"""What a script in another language is told about the provider and itself."""

from __future__ import annotations

from typing import Any

from .parties import API_SECRET, SECRET
from .provider import Provider


def given_to(provider: Provider, client_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": provider.issuer,
        "client_id": client_id,
        "authentication": "client_secret_basic",
        "secret": SECRET,
        "api_secret": API_SECRET,
        "key": provider.key.export(as_dict=True),
        "redirect_uri": provider.redirect_uri,
        "post_logout_redirect_uri": provider.places.post_logout_redirect_uri,
        "scope": "openid profile email orders.read offline_access",
    } | changes
