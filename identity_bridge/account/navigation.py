"""The menu of somebody who is signed in: the pages about the own account that this project has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from .parts import Part, is_on

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One link; ``page`` names a URL pattern of the namespace ``account``."""

    page: str
    title: _StrPromise
    part: Part | None = None
    needs_provider: bool = False
    """Only where identity_bridge.oidc is installed."""


PORTAL = "portal"

ENTRIES = (
    Entry(page="profile", title=_("Overview")),
    Entry(page="user-name", title=_("User name"), part=Part.USER_NAME),
    Entry(page="email", title=_("E-mail"), part=Part.EMAIL),
    Entry(page="phone", title=_("Telephone"), part=Part.PHONE),
    Entry(page="password", title=_("Password"), part=Part.PASSWORD),
    Entry(page="second-factor", title=_("Second factor"), part=Part.SECOND_FACTOR),
    Entry(page="passkeys", title=_("Passkeys"), part=Part.PASSKEYS),
    Entry(page="external-logins", title=_("External logins"), part=Part.EXTERNAL_LOGINS),
    Entry(page=PORTAL, title=_("Start an application"), needs_provider=True),
    Entry(page="applications", title=_("Applications and sessions"), needs_provider=True),
    Entry(page="personal-data", title=_("Personal data"), part=Part.PERSONAL_DATA),
    Entry(page="delete-account", title=_("Delete account"), part=Part.DELETION),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    url: str
    title: _StrPromise
    is_here: bool


def links(path: str) -> list[Link]:
    """Return the menu as seen from the page at this path."""
    shown = [entry for entry in ENTRIES if _is_there(entry)]
    urls = []
    for entry in shown:
        with suppress(NoReverseMatch):
            urls.append((entry, reverse(f"account:{entry.page}")))
    here = max((url for _entry, url in urls if path.startswith(url)), key=len, default="")
    return [Link(url=url, title=entry.title, is_here=url == here) for entry, url in urls]


def _is_there(entry: Entry) -> bool:
    if entry.needs_provider and not apps.is_installed("identity_bridge.oidc"):
        return False
    if entry.page == PORTAL:
        from identity_bridge.oidc.interaction.portal import has_starts

        return has_starts()
    return entry.part is None or is_on(entry.part)
