"""Somebody with a browser that runs no scripts: follows redirects, fills in forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

PASSWORD = "Fjord-Birch9026!"


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self.found and given.get("name") and "disabled" not in given:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            fields = self.found[-1].fields
            fields.setdefault(given["name"], []).append(given.get("value", ""))


@dataclass(frozen=True)
class Page:
    """Where a browser has got to; ``status`` is 0 for an address that it was not to load."""

    url: str
    status: int = 0
    text: str = ""
    headers: Any = field(default_factory=dict)

    def form_with(self, name: str) -> Form | None:
        """Return the form that has an input of this name."""
        return next((form for form in self._controls().found if name in form.fields), None)

    def form_to(self, part: str) -> Form | None:
        """Return the form whose address has this part."""
        return next((form for form in self._controls().found if part in form.action), None)

    @property
    def links(self) -> list[str]:
        return [urljoin(self.url, href) for href in self._controls().links]

    def _controls(self) -> _Controls:
        parser = _Controls()
        parser.feed(self.text)
        return parser


class Person:
    def __init__(self, username: str, password: str = PASSWORD) -> None:
        self.username = username
        self.password = password
        self.browser = requests.Session()
        # Nothing of the machine's own: no proxy, no .netrc.
        self.browser.trust_env = False

    def open(self, url: str, *, stop_at: str = "") -> Page:
        """Load a page, or stop before the one whose address begins like that."""
        return self._follow("GET", url, None, stop_at)

    def submit(self, page: Page, form: Form, *, stop_at: str = "", **fields: str) -> Page:
        """Press a form's button, some fields filled in."""
        given = form.fields | {name: [value] for name, value in fields.items()}
        target = urljoin(page.url, form.action or page.url)
        return self._follow(form.method.upper(), target, given, stop_at)

    def sign_in(self, page: Page, *, stop_at: str = "") -> Page:
        """Fill in the provider's login page, if this is it."""
        form = page.form_with("password")
        if form is None:
            return page
        named = {"username": self.username, "password": self.password}
        return self.submit(page, form, stop_at=stop_at, **named)

    def answer(self, url: str, redirect_uri: str, consent: str = "allow") -> str:
        """Go to the provider for a client; the address that it sends back to, not loaded."""
        page = self.sign_in(self.open(url, stop_at=redirect_uri), stop_at=redirect_uri)
        asked = page.form_with("scope")
        if asked is not None:
            page = self.submit(page, asked, stop_at=redirect_uri, **{consent: "1"})
        assert page.url.startswith(redirect_uri), (page.url, page.status, page.text)
        return page.url

    def posted_answer(self, url: str, redirect_uri: str) -> dict[str, str]:
        """Go to the provider for a client; the form that its page sends back."""
        page = self.sign_in(self.open(url))
        form = page.form_with("state")
        assert form is not None, (page.url, page.status, page.text)
        assert (form.action, form.method) == (redirect_uri, "post")
        return {name: values[0] for name, values in form.fields.items()}

    def allow_device(self, url: str) -> str:
        """Open the page whose address a device shows, and let the device in."""
        page = self.sign_in(self.open(url))
        form = page.form_with("scope")
        assert form is not None, (page.url, page.status, page.text)
        return self.submit(page, form, allow="1").text

    def sign_out(self, url: str) -> list[str]:
        """Go to the provider to sign out; the links on the page after it."""
        page = self.open(url)
        form = page.form_with("logoutId")
        return (page if form is None else self.submit(page, form)).links

    def _follow(self, method: str, url: str, form: Any, stop_at: str) -> Page:
        for _hop in range(20):
            if stop_at and url.startswith(stop_at):
                return Page(url)
            sent = {"data": form} if method == "POST" else {"params": form}
            got = self.browser.request(method, url, **sent, allow_redirects=False, timeout=60)
            if not got.is_redirect:
                return Page(got.url, got.status_code, got.text, got.headers)
            method, form, url = "GET", None, urljoin(got.url, got.headers["Location"])
        raise AssertionError(f"redirects go round in circles: {url}")

    def close(self) -> None:
        self.browser.close()
