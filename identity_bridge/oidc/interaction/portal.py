"""The clients that can be started from here (``InitiateLoginUri``, OpenID Connect Core 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from identity_bridge.oidc.configuration import reading, store
from identity_bridge.oidc.issuer import issuer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.configuration import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A client, and the address that begins a sign-in there."""

    client: Client
    url: str


def has_starts() -> bool:
    """Tell if any client can be started from here; from memory."""
    return bool(_client_ids())


def starts(request: HttpRequest) -> list[Start]:
    """Return those clients by name. The address tells the client who we are (``iss``)."""
    issuer = urlencode({"iss": issuer_of(request)})
    found = [
        Start(client=client, url=_with(client.initiate_login_uri, issuer))
        for client_id in _client_ids()
        if (client := store.find_enabled_client(client_id)) is not None and client.can_be_started
    ]
    return sorted(found, key=lambda one: one.client.display_name.casefold())


def _client_ids() -> list[str]:
    return store.remembered("portal", reading.read_ids_of_startable_clients)


def _with(address: str, query: str) -> str:
    base, mark, fragment = address.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{query}{mark}{fragment}"
