"""What people do here, each written once and made in every look of ``tests.browser.looks``.

A journey is a function of a module in this folder, with one argument::

    PAGES = {"user-name": "Changing the user name"}

    @journey
    def change_the_user_name(visit: Visit) -> None:
        visit.is_signed_in_as(person("ada"))
        visit.open("account:user-name")
        visit.see("user-name", "User name")
        visit.fill("User name", "ada.lovelace")
        visit.press("Save")
        visit.status("Your user name was changed.")

``PAGES`` of the module names the pages that its journeys see first, with the caption of their
picture; ``python -m tests.browser.screenshots`` takes the pictures again. A page that another
module has named may be seen too.

Each ``see`` looks for faults in light and in dark colours: axe-core, scrolling sideways (at 320 px
too), what the console says, requests that fail or go elsewhere. Call it wherever the page has
changed: a form that was refused is a page of its own.

Everything is said and looked for in English, as the source has it, whole, with its placeholders:
``Visit`` translates, and ``%(name)s`` stands for the ``name`` given beside it, or for anything.
Labels, buttons and links are found by the name that a screen reader gives them. In the look
``keyboard-no-scripts`` nothing is clicked, and scripts are off: a journey that cannot do without
says ``@journey(javascript=True)``.

People come from ``tests.browser.people``. The server runs in this process: settings can be set by
``django.test.override_settings``, mail is in ``django.core.mail.outbox``, and the database may be
asked at any time.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from tests.browser.visit import Visit

Walk = Callable[[Visit], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    name: str
    walk: Walk
    javascript: bool
    """It cannot be made without scripts."""


_journeys: list[Journey] = []


def journey(walk: Walk | None = None, *, javascript: bool = False) -> Walk | Callable[[Walk], Walk]:
    """Register a function as a journey."""

    def register(walk: Walk) -> Walk:
        place = walk.__module__.rpartition(".")[2]
        name = f"{place}.{walk.__name__}"
        _journeys.append(Journey(name=name, walk=walk, javascript=javascript))
        return walk

    return register if walk is None else register(walk)


def modules() -> list[ModuleType]:
    """Return the modules of this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [import_module(f"{__name__}.{name}") for name in names]


def all_journeys() -> list[Journey]:
    modules()
    return sorted(_journeys, key=lambda one: one.name)


def all_pages() -> dict[str, str]:
    """Return the pages that have a picture, with its caption."""
    pages: dict[str, str] = {}
    for module in modules():
        given: dict[str, str] = getattr(module, "PAGES", {})
        assert not pages.keys() & given.keys(), f"{module.__name__}: named twice"
        pages |= given
    return pages
