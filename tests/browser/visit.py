"""Somebody who goes from page to page, and looks at each."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from re import Pattern
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Locator, Page

from .engine import HOME, Engine, in_browser
from .inspection import Watch, faults
from .looks import Look
from .people import begin_session

MAX_TABS = 60
_PLACEHOLDER = re.compile(r"%\\\(\w+\\\)[sd]|%[sd]")  # as re.escape() leaves it
_FOCUS = """() => {
    const seen = document.activeElement, style = getComputedStyle(seen);
    return seen === document.body || (style.outlineStyle !== "none" && style.outlineWidth !== "0px")
        ? "" : seen.outerHTML;
}"""


class Visit:
    """One browser context with one page.

    Texts are those of the source, in English and whole; they are looked for as the visitor's
    language has them. A placeholder, ``%(name)s``, stands for the ``name`` given beside the text,
    or for anything. ``page`` is Playwright's, for use in a function given to ``with_page`` only.
    """

    def __init__(self, engine: Engine, look: Look, pictures: Path | None = None) -> None:
        self.engine = engine
        self.look = look
        self.seen: list[str] = []
        """The names of the pages that were looked at."""
        self._pictures = pictures
        engine.do(self._begin)

    def _begin(self) -> None:
        self.context = self.engine.browser.new_context(
            viewport={"width": self.look.width, "height": self.look.height},
            java_script_enabled=self.look.javascript,
            locale=self.look.language,
            base_url=HOME,
        )
        self.context.set_default_timeout(60_000)
        self.page: Page = self.context.new_page()
        self.watch = Watch(self.page)

    @in_browser
    def close(self) -> None:
        self.context.close()

    # Going

    @in_browser
    def open(self, page: str, **query: str) -> None:
        """Open a page by the name of its URL, ``account:login``, or by its path."""
        path = page if page.startswith("/") else reverse(page, query=query)
        self.page.goto(path)

    @in_browser
    def fill(self, label: str, text: str) -> None:
        """Type into the field of this label, over what is there."""
        field = self.page.get_by_label(self._whole(label))
        if self.look.keyboard:
            self._tab_to(field)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(text)
        else:
            field.fill(text)

    @in_browser
    def choose(self, label: str, *, on: bool = True) -> None:
        """Tick a box or take one of several choices; or take the tick away."""
        field = self.page.get_by_label(self._beginning(label))  # what it means may follow
        assert field.is_checked() is not on, f"{label} is so already"
        if self.look.keyboard:
            self._tab_to(field)
            self.page.keyboard.press("Space")
        else:
            field.set_checked(on)
        assert field.is_checked() is on, f"{label} does not change"

    @in_browser
    def press(self, button: str, **values: str) -> None:
        """Press the button of this name, which leads to another page."""
        self._use(self._named("button", button, values))

    @in_browser
    def follow(self, link: str, **values: str) -> None:
        """Follow the link of this name, which leads to another page."""
        self._use(self._named("link", link, values))

    @in_browser
    def go_to(self, title: str) -> None:
        """Follow a link of the menu of somebody who is signed in, which a phone has to open."""
        menu = self.page.get_by_role("navigation")
        button = menu.get_by_role("button")
        if button.is_visible():
            self._use(button, leads_on=False)
        self._use(menu.get_by_role("link", name=self._whole(title)))

    def _named(self, role: Any, name: str, values: dict[str, str]) -> Locator:
        return self.page.get_by_role(role, name=self._whole(name, values))

    def _use(self, element: Locator, *, leads_on: bool = True) -> None:
        if self.look.keyboard:
            self._tab_to(element)
        with self.page.expect_navigation() if leads_on else nullcontext():
            if self.look.keyboard:
                self.page.keyboard.press("Enter")
            else:
                element.click()

    def _tab_to(self, element: Locator) -> None:
        for _ in range(MAX_TABS):
            if unseen := self.page.evaluate(_FOCUS):
                raise AssertionError(f"the focus cannot be seen: {unseen}")
            if element.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {element} with the Tab key")

    # Looking

    @in_browser
    def see(self, name: str, heading: str, /, *, status: int = 200, **values: str) -> None:
        """Assert that this page is shown and that nothing is wrong with it.

        ``name`` is one of the ``PAGES`` of a module of journeys; under it the picture is kept.
        """
        self.seen.append(name)
        found = self.page.locator("h1").first.inner_text().strip()
        assert self._whole(heading, values).search(found), f"{name}: the heading is {found!r}"
        assert self.watch.status == status, f"{name}: HTTP {self.watch.status}"
        self.inspect()
        self._take_picture(name)

    @in_browser
    def inspect(self) -> None:
        """Assert that nothing is wrong with the page as it is now."""
        wrong = [*self.watch.complaints, *faults(self.page, self.look)]
        assert not wrong, "\n".join([f"{self.address()}:", *wrong])

    def _take_picture(self, name: str) -> None:
        if self._pictures is None or self.look.keyboard:
            return
        is_phone = self.look.width < 600
        path = self._pictures / f"{name}{'-phone' if is_phone else ''}.png"
        if path.exists():
            return
        self.page.set_viewport_size({"width": self.look.width, "height": self.look.height})
        self.page.emulate_media(color_scheme="dark" if is_phone else "light")
        self.page.screenshot(path=path, full_page=True, animations="disabled")

    @in_browser
    def alert(self, text: str, **values: str) -> None:
        """Assert that this is said at once to somebody who uses a screen reader."""
        self._says("alert", text, values)

    @in_browser
    def status(self, text: str, **values: str) -> None:
        """Assert that this is said when a screen reader has a moment: what went well."""
        self._says("status", text, values)

    def _says(self, role: Any, text: str, values: dict[str, str]) -> None:
        found = self.page.get_by_role(role).all_inner_texts()
        said = self._whole(text, values)
        assert any(said.search(one.strip()) for one in found), f"{role}: {found}"

    @in_browser
    def text(self) -> str:
        """Return what the page says."""
        return self.page.locator("main").inner_text()

    @in_browser
    def menu(self) -> list[str]:
        """Return the links to the pages about the own account."""
        return self.page.locator(".menu a").all_text_contents()

    @in_browser
    def address(self) -> str:
        """Return where the page is, without its query."""
        return urlsplit(self.page.url)._replace(query="", fragment="").geturl()

    @in_browser
    def with_page(self, work: Callable[[Page], Any]) -> Any:
        """Return what Playwright can do with the page, for what has no method here."""
        return work(self.page)

    def said(self, text: str) -> str:
        """Return a text of the source in the visitor's language."""
        with translation.override(self.look.language):
            return translation.gettext(text)

    def _beginning(self, text: str, values: dict[str, str] | None = None) -> Pattern[str]:
        said = self.said(text)
        for name, value in (values or {}).items():
            assert f"%({name})s" in said, f"{said!r} has no {name}"
            said = said.replace(f"%({name})s", value)
        return re.compile("^" + _PLACEHOLDER.sub(".+", re.escape(said)))

    def _whole(self, text: str, values: dict[str, str] | None = None) -> Pattern[str]:
        return re.compile(self._beginning(text, values).pattern + "$")

    @in_browser
    def forget_cookies(self) -> None:
        """Be as a browser that keeps none, or has thrown them away meanwhile."""
        self.page.wait_for_load_state("networkidle")  # what the page's script asks needs them
        self.context.clear_cookies()

    # Beginning in the middle

    def is_signed_in_as(self, user: Any, *, seconds_ago: int = 0) -> None:
        """Begin a session for somebody, without the pages that lead there."""
        name, key = settings.SESSION_COOKIE_NAME, begin_session(user, seconds_ago=seconds_ago)
        self.engine.do(
            lambda: self.context.add_cookies([{"name": name, "value": key, "url": HOME}])
        )
