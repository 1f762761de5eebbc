"""Chromium with more than one page: what popups and sign-outs elsewhere need."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import EXECUTABLE, Browser

from .person import PASSWORD

needs_chromium = pytest.mark.skipif(
    not Path(EXECUTABLE).exists(), reason=f"NO CLIENT RAN IN A BROWSER: {EXECUTABLE} is absent"
)


class Window(Browser):
    """One Chromium; its first page, and for the length of a block another one."""

    def call(self, script: str) -> Any:
        """Return what a script's promise comes to, run as if somebody had clicked."""
        result = self.command(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        if "exceptionDetails" in result:
            found = result["exceptionDetails"]
            raise RuntimeError(found.get("exception", {}).get("description") or found["text"])
        return result["result"].get("value")

    def start(self, script: str) -> None:
        """Run a script as if somebody had clicked, without waiting for its promise."""
        self.command("Runtime.evaluate", expression=f"void ({script})", userGesture=True)

    def eventually(self, script: str, *, seconds: float = 30) -> None:
        """Wait until a script is true, on whatever page there is by then."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(RuntimeError):  # between two pages there is none to ask
                if self.run(script) is True:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"never came true: {script}, at {self.run('location.href')}")

    def sign_in(self, username: str) -> None:
        """Fill in the provider's login page."""
        self.eventually("document.readyState === 'complete' && !!document.forms[0].password")
        self.run(
            f"""(form => {{
                form.username.value = {username!r};
                form.password.value = {PASSWORD!r};
                form.requestSubmit();
            }})(document.forms[0])"""
        )

    @contextmanager
    def popup(self) -> Iterator[None]:
        """Work in the page that the first one has opened."""
        with self._page(self._wait_for_popup()):
            yield

    @contextmanager
    def another_page(self) -> Iterator[None]:
        """Work in another tab of the same browser."""
        target = self._of_browser("Target.createTarget", url="about:blank")["targetId"]
        with self._page(target):
            yield
        self._of_browser("Target.closeTarget", targetId=target)

    @contextmanager
    def _page(self, target: str) -> Iterator[None]:
        attached = self._of_browser("Target.attachToTarget", targetId=target, flatten=True)
        first, self._session = self._session, attached["sessionId"]
        try:
            for domain in ("Page", "Runtime"):
                self.command(f"{domain}.enable")
            yield
        finally:
            self._session = first

    def _wait_for_popup(self) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            targets = self._of_browser("Target.getTargets")["targetInfos"]
            for one in targets:
                if one["type"] == "page" and one.get("openerId"):
                    return str(one["targetId"])
            time.sleep(0.05)
        raise TimeoutError("no popup has opened")

    def _of_browser(self, method: str, **params: Any) -> Any:
        """Send a command that is no page's."""
        first, self._session = self._session, None
        try:
            return self.command(method, **params)
        finally:
            self._session = first
