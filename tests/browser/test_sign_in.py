"""The pages in a real browser: keyboard only, no scripts, both steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.account.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    _fresh_cache,
    code_now,
    elena,
    hamid,
)

from .chromium import EXECUTABLE, Browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not Path(EXECUTABLE).exists(), reason=f"NO BROWSER TEST RAN: {EXECUTABLE} is absent"
    ),
]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    started = Browser(tmp_path / "profile")
    started.look()
    # What the pages must do without; the protocol's own scripts go on.
    started.command("Emulation.setScriptExecutionDisabled", value=True)
    yield started
    started.close()


def send(browser: Browser, *texts: str) -> None:
    """Type into the focused field and the next ones, then press Enter."""
    for number, text in enumerate(texts):
        if number:
            browser.press("Tab")
        browser.until("document.activeElement.matches('input') && !document.activeElement.value")
        browser.type(text)
        browser.until("document.activeElement.value !== ''")
    browser.submit("document.querySelector('main form').requestSubmit()")


def path_of(browser: Browser) -> str:
    return str(browser.run("location.pathname"))


def test_both_steps_by_keyboard(
    browser: Browser,
    live_server: Any,
    elena: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    browser.open(f"{live_server.url}/account/profile/")
    send(browser, "elena", PASSWORD)
    assert path_of(browser) == "/account/two-factor/"
    send(browser, code_now())
    assert path_of(browser) == "/account/profile/"
    assert "elena" in browser.run("document.querySelector('h1').textContent")
    assert browser.messages == []
    browser.screenshot(tmp_path / "profile.png")
    assert (tmp_path / "profile.png").stat().st_size > 10_000


def test_a_wrong_password_is_said_to_a_screen_reader(
    browser: Browser,
    live_server: Any,
    hamid: Any,  # noqa: F811
) -> None:
    browser.open(f"{live_server.url}/account/login/")
    send(browser, "hamid", "wrong")
    alert = browser.run("document.querySelector('[role=alert]').textContent")
    assert "not right" in alert
    inputs = "[...document.querySelectorAll('main input:not([type=hidden])')]"
    assert browser.run(f"{inputs}.every(input => input.labels.length === 1)")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_login_page_fits_and_can_be_read(
    browser: Browser, live_server: Any, width: int, dark: bool
) -> None:
    browser.look(width=width, dark=dark)
    browser.open(f"{live_server.url}/account/login/")
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 20, 27)" if dark else "rgb(244, 245, 248)")
    assert browser.messages == []
