"""Which tokens an API takes: live, meant for it, with its scopes and claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc.toolkit.bearer import validate

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Who asks: a user through a client, or a client for itself (``user`` is None)."""

    user: Any
    token: Any
    """The access token: ``scopes``, ``client``, and ``claims`` as its JWT has them."""


def presented(request: HttpRequest, text: str, *, audience: str | None) -> Presented | None:
    """Return what the token says, None if it is over, revoked, unknown, or meant for others."""
    found = validate(request, text, ())
    if found is None or found.access_token is None:
        return None
    claims = getattr(found.access_token, "claims", {})
    if audience is not None and audience not in audiences_of(claims):
        return None
    return Presented(user=found.user, token=found.access_token)


def audiences_of(claims: Mapping[str, Any]) -> Collection[str]:
    found = claims.get("aud", ())
    return (found,) if isinstance(found, str) else found


def has_scopes(token: Any, scopes: Iterable[str]) -> bool:
    """Tell if the token has all of these scopes."""
    return set(scopes) <= set(getattr(token, "scopes", ()))


def has_claim(token: Any, name: str, values: Collection[str]) -> bool:
    """Tell if the claim has one of these values; any at all, where none is named."""
    found = getattr(token, "claims", {}).get(name)
    held = found if isinstance(found, list) else [] if found is None else [found]
    return bool(held) if not values else any(value in values for value in held)
