"""Questions to providers that are still to be answered, in the session of the browser that asked.

Each has a ``state`` of its own, so that several tabs can ask at once, and is good for one answer.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from identity_bridge.signin import clock

from .errors import StateUnknown

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "_identity_bridge_external_pending"
MAX_KEPT = 5
LIFETIME = 900
"""Seconds; RemoteAuthenticationTimeout of .NET."""
MAX_NEXT_CHARACTERS = 16_000
"""Of the address to go on to: what an authorization request of a client may take."""


class Purpose(StrEnum):
    """What a provider is asked for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    """To sign in the user who is signed in now, from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One question."""

    scheme: str
    redirect_uri: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""
    purpose: str = Purpose.SIGN_IN
    user: str = ""
    """Who wants to add the login."""
    next: str = ""
    persistent: bool = False


def new_secret() -> str:
    """Return what nobody can guess: 43 characters."""
    return secrets.token_urlsafe(32)


def remember(request: HttpRequest, pending: Pending) -> str:
    """Keep a question; its ``state``. The oldest is forgotten if there are too many."""
    state = new_secret()
    kept = _kept(request)
    kept[state] = asdict(pending) | {"at": clock.now()}
    newest = sorted(kept, key=lambda key: float(kept[key]["at"]))[-MAX_KEPT:]
    request.session[SESSION_KEY] = {key: kept[key] for key in newest}
    return state


def take(request: HttpRequest, state: str) -> Pending:
    """Return the question that this ``state`` belongs to, once.

    :raises StateUnknown: there is none in this session, or its time is over.
    """
    kept = _kept(request)
    found = kept.pop(state, None)
    if found is None:
        raise StateUnknown("no question of this session has this state")
    request.session[SESSION_KEY] = kept
    age = clock.now() - found.pop("at")
    if not 0 <= age <= LIFETIME:
        raise StateUnknown("the question is too old", scheme=found["scheme"])
    return Pending(**found)


def _kept(request: HttpRequest) -> dict[str, dict[str, Any]]:
    # A session outlives the version of the host that wrote it.
    found: Any = request.session.get(SESSION_KEY)
    return {key: one for key, one in found.items() if _fits(one)} if isinstance(found, dict) else {}


_TYPES: dict[str, Any] = {field.name: str for field in fields(Pending)} | {
    "persistent": bool,
    "at": int | float,
}


def _fits(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.keys() == _TYPES.keys()
        and all(isinstance(value, _TYPES[name]) for name, value in one.items())
    )
