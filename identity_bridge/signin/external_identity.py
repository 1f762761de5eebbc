"""Who somebody is elsewhere, between the answer of a provider and what comes of it here.

.NET keeps it in the cookie Identity.External, here it is in the Django session. It gives no access
to anything, ends after five minutes, and with the sign-in that it leads to.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from . import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "_identity_bridge_external"
LIFETIME = 300
"""Seconds; ExpireTimeSpan of the cookie."""
MAX_KEY_CHARACTERS = 450
"""Of a ProviderKey: what the column takes on SQL Server."""
MAX_TEXT_CHARACTERS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalIdentity:
    """ExternalLoginInfo: an account at a provider, as the provider describes it."""

    provider: str
    """The scheme: LoginProvider."""
    key: str
    """ProviderKey."""
    display_name: str
    """Of the provider."""
    name: str = ""
    email: str = ""
    email_verified: bool = False
    """The provider says that the address is this person's."""
    persistent: bool = False
    """The person wants to stay signed in."""
    next: str = ""
    """Where to go in the end, within this site."""


def keep(*, request: HttpRequest, identity: ExternalIdentity) -> None:
    """Keep an identity that a provider has vouched for, in place of any before.

    The session gets a new key: whoever has planted its cookie must not have the identity too.
    """
    request.session.cycle_key()
    request.session[SESSION_KEY] = asdict(identity) | {"at": clock.now()}


def current(*, request: HttpRequest) -> ExternalIdentity | None:
    """Return the identity that waits for a decision (GetExternalLoginInfoAsync), None if none
    does or it is too old."""
    kept: Any = request.session.get(SESSION_KEY)
    # A session outlives the version of the host that wrote it.
    if not isinstance(kept, dict) or not isinstance(kept.get("at"), int | float):
        return None
    if not 0 <= clock.now() - kept["at"] <= LIFETIME:
        return None
    values = {name: value for name, value in kept.items() if name != "at"}
    wanted = {field.name: field.type for field in fields(ExternalIdentity)}
    if values.keys() != wanted.keys():
        return None
    if any(type(value).__name__ != wanted[name] for name, value in values.items()):
        return None
    return ExternalIdentity(**values)


def forget(*, request: HttpRequest) -> None:
    """Drop it: a decision was made."""
    request.session.pop(SESSION_KEY, None)
