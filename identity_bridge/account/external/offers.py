"""Which providers the login page offers, and when it goes to one by itself."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from identity_bridge.account.parts import Part, is_on
from identity_bridge.external import registry
from identity_bridge.signin import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from identity_bridge.external.registry import Offer
    from identity_bridge.oidc.interaction.context import AuthorizationContext

_WENT = "_identity_bridge_external_went"
_LOCAL = "local"
AGAIN_AFTER = 60
"""Seconds. Who is back at the login page with the same request sooner is not sent away again: what
the provider answered was not what the client wants, and they would go round in circles."""


class _Named(Protocol):
    @property
    def scheme(self) -> str: ...


Some = TypeVar("Some", bound=_Named)


def for_login(asking: AuthorizationContext | None) -> Sequence[Offer]:
    """Return the providers for the login page: one statement, none where the part is off."""
    if not is_on(Part.EXTERNAL_LOGINS) or (asking is not None and asking.idp == _LOCAL):
        return []
    offers = allowed(asking, registry.offers())
    if asking is not None and (wanted := [one for one in offers if one.scheme == asking.idp]):
        return wanted
    return offers


def allowed(asking: AuthorizationContext | None, offers: Iterable[Some]) -> list[Some]:
    """Return those that the asking client takes (IdentityProviderRestrictions)."""
    restrictions = asking.identity_provider_restrictions if asking is not None else None
    return [one for one in offers if not restrictions or one.scheme in restrictions]


def takes_password(asking: AuthorizationContext | None, offers: Sequence[Offer]) -> bool:
    """Tell if the client takes a sign-in by password: EnableLocalLogin, unless it asks for one of
    the providers there are (``acr_values=idp:…``)."""
    if asking is None:
        return True
    return asking.allows_local_login and asking.idp not in {one.scheme for one in offers}


def only_way(
    request: HttpRequest, asking: AuthorizationContext | None, offers: Sequence[Offer], target: str
) -> Offer | None:
    """Return the provider to go to without asking (IsExternalLoginOnly of IdentityServer's
    templates), once in a while for the same request."""
    if len(offers) != 1 or takes_password(asking, offers):
        return None
    before: Any = request.session.get(_WENT)
    digest, now = sha256(target.encode(errors="surrogatepass")).hexdigest(), clock.now()
    if isinstance(before, list) and len(before) == 2 and before[0] == digest:
        went = before[1]
        if isinstance(went, int | float) and 0 <= now - went < AGAIN_AFTER:
            return None
    request.session[_WENT] = [digest, now]
    return offers[0]
