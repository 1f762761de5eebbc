"""The configuration in memory, so that a request reads none of it from the database.

Each process keeps a snapshot. Whoever saves a client, a secret, a scope or an API writes a new
version to Django's cache; the other processes look at it once a second, and where the cache is not
shared they read everything anew after OIDC_CONFIGURATION_CACHE_TIME.
"""

from __future__ import annotations

import secrets
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from identity_bridge.conf import get_settings
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.errors import ProtocolError

from . import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from identity_bridge.oidc.protocol.configuration import Client, Resources

Value = TypeVar("Value")

VERSION_KEY = "identity_bridge.oidc.configuration"
SECONDS_BETWEEN_LOOKS = 1.0
MAX_CLIENTS = 10_000
"""Kept at most."""


class _Snapshot:
    __slots__ = ("clients", "loaded", "looked", "parts", "version")

    def __init__(self, version: str | None, now: float) -> None:
        self.version = version
        self.loaded = self.looked = now
        self.parts: dict[str, Any] = {}
        self.clients: dict[str, tuple[Client, int] | None] = {}


MAX_PARTS = 40
_ALWAYS_KEPT = frozenset({"client_ids", "keys", "origins", "portal", "resources"})

_lock = Lock()
_snapshot: _Snapshot | None = None


def find_client(client_id: str) -> Client | None:
    """Return the client of this id, enabled or not."""
    found = _find(client_id)
    return None if found is None else found[0]


def application_id(client: Client) -> int:
    """Return the key of the client's Application.

    :raises ProtocolError: the client was deleted meanwhile
    """
    found = _find(client.client_id)
    if found is None:
        raise ProtocolError(errors.INVALID_CLIENT)
    return found[1]


def _find(client_id: str) -> tuple[Client, int] | None:
    # An unknown one costs no more than a known one, and no place in memory.
    if client_id not in remembered("client_ids", reading.read_client_ids):
        return None
    snapshot = _current()
    try:
        return snapshot.clients[client_id]
    except KeyError:
        found = reading.read_client(client_id)
        if len(snapshot.clients) >= MAX_CLIENTS:
            snapshot.clients.clear()
        snapshot.clients[client_id] = found
        return found


def find_enabled_client(client_id: str) -> Client | None:
    """Return the client of this id if it may be used."""
    client = find_client(client_id)
    return client if client is not None and client.enabled and client.is_oidc else None


def get_resources() -> Resources:
    """Return all scopes and APIs."""
    return remembered("resources", reading.read_resources)


def is_cors_origin(origin: str) -> bool:
    """Tell if scripts of some client run at this origin, compared byte by byte."""
    return origin in remembered("origins", reading.read_cors_origins)


def remembered(part: str, load: Callable[[], Value]) -> Value:
    """Return what ``load`` returns, from memory until the configuration changes."""
    parts = _current().parts
    if part not in parts:
        if len(parts) >= MAX_PARTS and part not in _ALWAYS_KEPT:
            return load()  # there is a document for each name that the server is called by
        parts[part] = load()
    found: Value = parts[part]
    return found


def forget() -> None:
    """Read everything anew, here and in the other processes."""
    global _snapshot
    with _lock:
        _snapshot = None
        cache.set(VERSION_KEY, secrets.token_hex(8), timeout=None)


def _current() -> _Snapshot:
    global _snapshot
    now, snapshot = monotonic(), _snapshot
    if snapshot is not None and now - snapshot.looked < SECONDS_BETWEEN_LOOKS:
        return snapshot
    version = cache.get(VERSION_KEY)
    with _lock:
        snapshot = _snapshot
        oldest = now - get_settings().OIDC_CONFIGURATION_CACHE_TIME.total_seconds()
        if snapshot is None or snapshot.version != version or snapshot.loaded < oldest:
            snapshot = _snapshot = _Snapshot(version, now)
        snapshot.looked = now
        return snapshot


def _changed(sender: type, **kwargs: Any) -> None:
    forget()
    # Once more when others can see it: one of them may have read the old rows meanwhile.
    transaction.on_commit(forget, using=kwargs.get("using"))


def connect() -> None:
    """Watch the tables of the configuration and of the keys; calling it again changes nothing."""
    from identity_bridge.oidc.models import (
        ApiResource,
        ApiResourceSecret,
        ApiScope,
        Client,
        ClientSecret,
        IdentityResource,
        SigningKey,
    )
    from identity_bridge.oidc.toolkit.compat import application_model

    watched = (ApiResource, ApiResourceSecret, ApiScope, Client, ClientSecret, IdentityResource)
    for model in (*watched, SigningKey, application_model()):
        for signal in (post_save, post_delete):
            uid = f"identity_bridge.oidc.configuration.{model.__name__}"
            signal.connect(_changed, sender=model, dispatch_uid=uid)
