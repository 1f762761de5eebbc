"""A page with faults: the journeys would see each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from .engine import HOME
from .looks import LOOKS, Look
from .visit import Visit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

GOOD = (
    "<!doctype html><html lang=en><head><title>T</title>"
    '<meta name=viewport content="width=device-width">%s</head>'
    "<body><main><h1>Page</h1>%s</main></body></html>"
)
POLICY = "default-src 'self'; img-src *"

FAULTS = {
    "no main heading": ("", "<h2>x</h2><h1>y</h1>", "2 h1 elements"),
    "no label": ("", "<input aria-label=x>", "no label: <input"),
    "inline style": ("", '<p style="">x</p>', "inline style or script: <p"),
    "a script in the page": ("<script>1</script>", "", "console: "),
    "another host": ("", '<img alt="" src="http://elsewhere.example/x.png">', "another host"),
    "a file that is absent": ("", '<img alt="" src="/nothing.png">', "404: "),
    "too wide": ("", "<pre>" + "x" * 300 + "</pre>", "scrolls sideways"),
    "pale text": ("<link rel=stylesheet href=/pale.css>", "<p>x</p>", "axe, light: color-contrast"),
    "pale text in the dark": (
        "<meta name=color-scheme content='light dark'><link rel=stylesheet href=/dark.css>",
        "<p>x</p>",
        "axe, dark: color-contrast",
    ),
    "too small to press": (
        "<link rel=stylesheet href=/small.css>",
        "<button>x</button><button>y</button>",
        "axe, light: target-size",
    ),
    "heading levels": ("", "<h3>x</h3>", "axe, light: heading-order"),
}
TYPES = {"css": "text/css", ".js": "text/javascript"}
FILES = {
    "/script.js": "document.title = 'changed'",
    "/small.css": "button { all: unset; font-size: 9px }",
    "/unseen.css": "a { outline: none }",
    "/pale.css": "p { color: #ccc; background: #fff }",
    "/dark.css": "@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }",
}


def shown(visit: Visit, head: str, body: str) -> None:
    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path in FILES:
            route.fulfill(body=FILES[path], content_type=TYPES[path[-3:]])
        elif path == "/page":
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=GOOD % (head, body), content_type="text/html", headers=headers)
        else:
            route.continue_()

    def prepare(page: Page) -> None:
        page.route("**/*", answer)

    visit.with_page(prepare)
    visit.open("/page")


def test_a_good_page_passes(visitor: Callable[[Look], Visit]) -> None:
    visit = visitor(LOOKS["phone"])
    shown(visit, "", "")
    visit.see("page", "Page")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(fault: str, visitor: Callable[[Look], Visit]) -> None:
    head, body, said = FAULTS[fault]
    visit = visitor(LOOKS["phone"])
    shown(visit, head, body)
    with pytest.raises(AssertionError, match=said):
        visit.see("page", "Page")


def test_the_keyboard_gets_nowhere_unseen(visitor: Callable[[Look], Visit]) -> None:
    visit = visitor(LOOKS["keyboard-no-scripts"])
    shown(visit, "<link rel=stylesheet href=/unseen.css>", "<a href=/page>x</a>")
    with pytest.raises(AssertionError, match="the focus cannot be seen: <a"):
        visit.follow("x")


def test_the_keyboard_does_not_reach_everything(visitor: Callable[[Look], Visit]) -> None:
    visit = visitor(LOOKS["keyboard-no-scripts"])
    shown(visit, "", "<a href=/page tabindex=-1>x</a>")
    with pytest.raises(AssertionError, match="no way to"):
        visit.follow("x")


def test_a_script_runs_only_where_it_may(visitor: Callable[[Look], Visit]) -> None:
    for name, runs in (("desktop", True), ("keyboard-no-scripts", False)):
        visit = visitor(LOOKS[name])
        shown(visit, "<script src=/script.js></script>", "")
        assert visit.with_page(lambda page: page.title()) == ("changed" if runs else "T")
