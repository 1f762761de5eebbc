"""Clients of every kind, and attempts without limit where the limit is not what is tested."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from identity_bridge.oidc.keys import material
from tests.oidc.parties import REDIRECT_URI, Party, configure, machine_client, web_client

from .surface import DEVICE_GRANT, hostile_browser

_made: Callable[[str], Any] = material.generate
_kept = cache(_made)


@pytest.fixture(autouse=True)
def the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with an empty table of keys; making the first one anew takes most of it."""
    first = [_kept]

    def generate(algorithm: str) -> Any:
        return (first.pop() if first else _made)(algorithm)

    monkeypatch.setattr(material, "generate", generate)


SCOPES = ["openid", "profile", "orders.read"]


@pytest.fixture
def unlimited(bridge: Callable[..., None]) -> None:
    bridge(RATE_LIMIT_PER_ADDRESS=(0, 0), RATE_LIMIT_PER_ACCOUNT=(0, 0))


@pytest.fixture
def everybody(web: Party, unlimited: None) -> Party:
    """The signed-in user of ``web``, whose browser is shown a 500; a client of each grant."""
    configure(
        machine_client(),
        web_client("other"),
        web_client("tv", allowed_grant_types=[DEVICE_GRANT], allow_offline_access=True),
        web_client("old", allowed_grant_types=["password"]),
        web_client("asking", require_consent=True),
        web_client("rotating", refresh_token_usage="OneTimeOnly"),
        web_client("referring", access_token_type="Reference"),
        web_client(
            "spa",
            require_client_secret=False,
            client_secrets=[],
            require_pkce=True,
            allowed_scopes=SCOPES,
            redirect_uris=[REDIRECT_URI],
        ),
        web_client(
            "hybrid",
            allowed_grant_types=["hybrid"],
            allow_access_tokens_via_browser=True,
        ),
    )
    web.browser.raise_request_exception = False
    return web


@pytest.fixture
def stranger(everybody: Party) -> Party:
    """The same provider, seen by a browser where nobody is signed in."""
    return Party(browser=hostile_browser())
