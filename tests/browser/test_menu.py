"""The menu of somebody who is signed in, on a phone: a button opens it, without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .looks import LOOKS, Look
from .people import person
from .visit import Visit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KEYBOARD_ON_A_PHONE = Look(width=360, height=740, javascript=False, keyboard=True)
FOCUS = "document.activeElement.textContent.trim()"


def shows_list(page: Page) -> bool:
    return page.get_by_role("navigation").get_by_role("list").is_visible()


@pytest.fixture
def at_profile(visitor: Callable[[Look], Visit]) -> Callable[[Look], Visit]:
    def begin(look: Look) -> Visit:
        visit = visitor(look)
        visit.is_signed_in_as(person())
        visit.open("account:profile")
        return visit

    return begin


def test_it_is_always_there_in_a_wide_window(at_profile: Callable[[Look], Visit]) -> None:
    visit = at_profile(LOOKS["desktop"])
    assert visit.with_page(shows_list)
    assert not visit.with_page(lambda page: page.get_by_role("button", name="Menu").is_visible())


def test_open_it_has_no_faults(at_profile: Callable[[Look], Visit]) -> None:
    visit = at_profile(Look(width=360, height=740))
    assert not visit.with_page(shows_list)
    visit.with_page(lambda page: page.get_by_role("button", name="Menu").click())
    assert visit.with_page(shows_list)
    visit.inspect()


def test_the_keyboard_opens_and_closes_it(at_profile: Callable[[Look], Visit]) -> None:
    visit = at_profile(KEYBOARD_ON_A_PHONE)

    def press(*keys: str) -> str:
        def work(page: Page) -> str:
            for key in keys:
                page.keyboard.press(key)
            return str(page.evaluate(FOCUS))

        return str(visit.with_page(work))

    assert press("Tab") == "Skip to the content"
    assert press("Tab", "Tab") == "Sign out"
    assert press("Tab") == "Menu"
    press("Enter")
    assert visit.with_page(shows_list)
    assert press("Tab") == "Overview"
    assert press("Escape") == "Menu"
    assert not visit.with_page(shows_list)
    visit.go_to("Applications and sessions")
    assert visit.address().endswith("/account/applications/")
