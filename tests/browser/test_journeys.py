"""Every journey, in every look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .journeys import Journey, all_journeys, all_pages
from .looks import KEYBOARD_WITH_SCRIPTS, LOOKS, Look
from .visit import Visit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def look_of(journey: Journey, name: str) -> Look:
    look = LOOKS[name]
    return KEYBOARD_WITH_SCRIPTS if journey.javascript and not look.javascript else look


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("journey", all_journeys(), ids=lambda one: one.name)
def test_journey(journey: Journey, look: str, visitor: Callable[[Look], Visit]) -> None:
    visit = visitor(look_of(journey, look))
    journey.walk(visit)
    assert visit.seen, "a journey looks at pages"
    assert set(visit.seen) <= all_pages().keys(), "PAGES name every page"
