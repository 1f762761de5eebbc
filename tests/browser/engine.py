"""Debian's Chromium, driven by Playwright in a thread of its own.

Playwright's plain API keeps an event loop running in the thread it is used in, and there Django
refuses to touch the database. In its own thread it is in nobody's way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from playwright.sync_api import Browser, Playwright, sync_playwright

from .chromium import EXECUTABLE

HOME = "http://accounts.example.org"
"""What the browser calls the server under test."""
SHOP = "http://shop.example.org"
"""The same server, where it stands in for an application or a provider elsewhere."""

Result = TypeVar("Result")
Given = ParamSpec("Given")


class Engine:
    """One Chromium. It reaches the server under test, and others on this machine as localhost."""

    browser: Browser

    def __init__(self, port: int) -> None:
        self._arguments = [
            "--no-sandbox",
            f"--host-resolver-rules=MAP *.example.org:80 127.0.0.1:{port}, MAP * ~NOTFOUND,"
            " EXCLUDE localhost",
            f"--unsafely-treat-insecure-origin-as-secure={HOME},{SHOP}",
        ]
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="playwright")
        self._thread = self._pool.submit(threading.get_ident).result()
        self._playwright = self.do(self._start)

    def _start(self) -> Playwright:
        playwright = sync_playwright().start()
        try:
            self.browser = playwright.chromium.launch(
                executable_path=EXECUTABLE, args=self._arguments
            )
        except BaseException:
            playwright.stop()
            raise
        return playwright

    def do(self, work: Callable[[], Result]) -> Result:
        """Return what a piece of work with Playwright comes to, done in its thread."""
        if threading.get_ident() == self._thread:
            return work()
        return self._pool.submit(work).result()

    def close(self) -> None:
        self.do(self.browser.close)
        self.do(self._playwright.stop)
        self._pool.shutdown()


class _HasEngine(Protocol):
    engine: Engine


Owner = TypeVar("Owner", bound=_HasEngine)


def in_browser(
    method: Callable[Concatenate[Owner, Given], Result],
) -> Callable[Concatenate[Owner, Given], Result]:
    """Run a method in the thread of its object's ``engine``."""

    def run(self: Owner, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return self.engine.do(lambda: method(self, *args, **kwargs))

    run.__doc__ = method.__doc__
    return run
