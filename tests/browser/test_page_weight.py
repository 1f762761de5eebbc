"""What the first page costs: little, and nothing of it from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from .engine import HOME
from .looks import Look
from .visit import Visit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MAX_BYTES = 50_000
MAX_REQUESTS = 5

#: A window without a head does not ask for the icon, so it is asked for here.
_ICONS = "[...document.querySelectorAll('link[rel=icon]')].map(icon => icon.href)"


@pytest.fixture
def weighed(visitor: Callable[..., Visit]) -> dict[str, int]:
    """Return how many bytes, not compressed, each address gave that the login page asks for."""
    visit = visitor()
    found: dict[str, int] = {}

    def work(page: Page) -> None:
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto("/account/login/")
        page.wait_for_load_state("networkidle")
        icons = page.evaluate(_ICONS)
        found.update({answer.url: len(answer.body()) for answer in answers})
        for icon in icons:
            answer = page.goto(icon)
            found[icon] = len(answer.body()) if answer is not None else 0

    visit.with_page(work)
    return found


def test_the_login_page_is_light(weighed: dict[str, int]) -> None:
    assert sum(weighed.values()) < MAX_BYTES, weighed


def test_the_login_page_needs_few_requests_and_nobody_else(weighed: dict[str, int]) -> None:
    assert f"{HOME}/account/login/" in weighed
    assert any(address.endswith(".css") for address in weighed)
    assert len(weighed) <= MAX_REQUESTS, weighed
    assert all(address.startswith(HOME) for address in weighed), weighed


def test_colours_follow_the_system(visitor: Callable[[Look], Visit]) -> None:
    visit = visitor(Look(width=360, height=740))
    visit.open("account:login")

    def grounds(page: Page) -> list[str]:
        found = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        return found

    assert visit.with_page(grounds) == ["rgb(244, 245, 248)", "rgb(17, 20, 27)"]
