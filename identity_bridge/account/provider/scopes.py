"""Scopes as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol.configuration import OFFLINE_ACCESS_SCOPE
from identity_bridge.oidc.protocol.resources import known_resources

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from identity_bridge.oidc.protocol.configuration import ApiScope, IdentityResource
    from identity_bridge.oidc.protocol.resources import GrantedResources


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScope:
    name: str
    title: str
    description: str
    required: bool
    emphasize: bool
    is_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScopes:
    """What a client asks for: about the person, and on the person's behalf."""

    personal: Sequence[ShownScope]
    access: Sequence[ShownScope]


def shown_scopes(
    granted: GrantedResources, *, checked: Collection[str] | None = None
) -> ShownScopes:
    """Return what to ask; everything is ticked the first time."""
    access = [_shown(scope, checked) for scope in granted.api_scopes]
    if granted.offline_access:
        access.append(
            ShownScope(
                name=OFFLINE_ACCESS_SCOPE,
                title=_("Access while you are away"),
                description=_("Also when you are not using the application."),
                required=False,
                emphasize=True,
                is_checked=checked is None or OFFLINE_ACCESS_SCOPE in checked,
            )
        )
    personal = [_shown(resource, checked) for resource in granted.identity_resources]
    return ShownScopes(personal=personal, access=access)


def _shown(scope: IdentityResource | ApiScope, checked: Collection[str] | None) -> ShownScope:
    return ShownScope(
        name=scope.name,
        title=scope.display_name or scope.name,
        description=scope.description,
        required=scope.required,
        emphasize=scope.emphasize,
        is_checked=scope.required or checked is None or scope.name in checked,
    )


def titles_of(scopes: Sequence[str]) -> list[str]:
    """Return what was granted earlier as people read it; without scopes that are gone."""
    shown = shown_scopes(known_resources(scopes=scopes, resources=store.get_resources()))
    return [scope.title for scope in (*shown.personal, *shown.access)]


def chosen_scopes(posted: Sequence[str], granted: GrantedResources) -> list[str]:
    """Return the scopes that were ticked; others than those asked for do not count."""
    asked = frozenset(granted.scopes)
    return [scope for scope in dict.fromkeys(posted) if scope in asked]
