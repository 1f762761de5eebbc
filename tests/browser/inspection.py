"""What is wrong with the page that a browser shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from .looks import NARROWEST, Look

#: All that axe does by itself, best practices among it, and one rule of WCAG 2.2 that it leaves
#: out: that what is pressed is 24 px high and wide.
AXE_OPTIONS = {
    "resultTypes": ["violations", "incomplete"],
    "rules": {"target-size": {"enabled": True}},
}
#: What axe cannot decide (text on a picture, say) is not passed over either.
_AXE = """
    options => axe.run(options).then(found => [...found.violations, ...found.incomplete])
"""
_WITHOUT_LABEL = """
    [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
        .filter(field => !field.labels.length && field.ariaHidden !== "true")
        .map(field => field.outerHTML)
"""
_INLINE = """
    [...document.querySelectorAll("*")].filter(element => [...element.attributes].some(
        attribute => attribute.name === "style" || attribute.name.startsWith("on")
    )).map(element => element.outerHTML)
"""


class Watch:
    """Notes what a page complains of while it is used."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.status = 0
        """Of the document."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by its response, which knows the status.
        if not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob"):
            return
        self.requests.append(request.url)
        if not self._is_document(request) and parts.netloc != urlsplit(self._page.url).netloc:
            self.complaints.append(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the visitor has gone on meanwhile
            self.complaints.append(f"request failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if self._is_document(response.request):
            if not 300 <= response.status < 400:  # another follows, or an app takes it
                self.status = response.status
        elif response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def _is_document(self, request: Request) -> bool:
        return request.is_navigation_request() and request.frame == self._page.main_frame


def faults(page: Page, look: Look) -> Iterator[str]:
    """Yield what is wrong with a page, in light and in dark colours."""
    yield from _structure(page)
    widths = {look.width, NARROWEST} if look.width < 600 else {look.width}
    for width in sorted(widths):
        page.set_viewport_size({"width": width, "height": look.height})
        yield from _overflow(page, width)
    if look.javascript:
        page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield from (f"axe, {scheme}: {fault}" for fault in _axe(page))


def _structure(page: Page) -> Iterator[str]:
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} h1 elements"
    if not page.title().strip():
        yield "no title"
    yield from (f"no label: {field}" for field in page.evaluate(_WITHOUT_LABEL))
    yield from (f"inline style or script: {element}" for element in page.evaluate(_INLINE))


def _overflow(page: Page, width: int) -> Iterator[str]:
    needed = page.evaluate("document.documentElement.scrollWidth")
    if needed > width:
        yield f"scrolls sideways: {needed} px in a window of {width} px"


def _axe(page: Page) -> Iterator[str]:
    for rule in page.evaluate(_AXE, AXE_OPTIONS):
        yield f"{rule['id']}: {rule['help']}: {_where(rule)}"


def _where(rule: dict[str, Any]) -> str:
    return " | ".join(f"{node['target']} {node.get('failureSummary')}" for node in rule["nodes"])
