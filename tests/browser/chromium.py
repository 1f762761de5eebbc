"""A browser for tests: Debian's Chromium, spoken to through a pipe (DevTools protocol).

No driver, no socket, nothing to install: ``--remote-debugging-pipe`` reads commands from file
descriptor 3 and writes answers and events to 4, JSON with a NUL after each.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import time
from pathlib import Path
from typing import Any

EXECUTABLE = shutil.which("chromium") or "/usr/bin/chromium"
_QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


class Browser:
    """One Chromium with one page."""

    def __init__(self, profile: Path, *, timeout: float = 90) -> None:
        self._timeout = timeout
        commands, self._writer = os.pipe()
        self._reader, answers = os.pipe()
        # Out of the way of the two numbers Chromium wants.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (commands, answers)]
        self._pid = os.posix_spawn(
            EXECUTABLE,
            [EXECUTABLE, *_QUIET, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            file_actions=[
                *((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)),
                (os.POSIX_SPAWN_DUP2, high[0], 3),
                (os.POSIX_SPAWN_DUP2, high[1], 4),
            ],
            setpgroup=0,
        )
        for end in (commands, answers, *high):
            os.close(end)
        self._buffer = b""
        self._last_id = 0
        self._loads = 0
        self._session: str | None = None
        self.messages: list[str] = []
        """What the page wrote to the console, and what it failed to load."""
        self._open_page()

    def _open_page(self) -> None:
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        attached = self.command("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> Any:
        """Send a command and return its result."""
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda got: got.get("id") == message["id"])
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _until(self, wanted: Any) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout
        while True:
            while b"\0" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([self._reader], [], [], left)[0]:
                    raise TimeoutError("Chromium did not answer")
                received = os.read(self._reader, 1 << 16)
                if not received:
                    raise RuntimeError("Chromium ended")
                self._buffer += received
            text, _nul, self._buffer = self._buffer.partition(b"\0")
            got: dict[str, Any] = json.loads(text)
            self._note(got)
            if wanted(got):
                return got

    def _until_loaded(self, loads: int) -> None:
        """Wait for a page beyond so many; it may have come before the command's own answer."""
        if self._loads == loads:
            self._until(lambda got: self._loads > loads)

    def _note(self, got: dict[str, Any]) -> None:
        match got.get("method"):
            case "Page.loadEventFired":
                self._loads += 1
            case "Log.entryAdded":
                entry = got["params"]["entry"]
                self.messages.append(f"{entry['text']} {entry.get('url', '')}")
            case "Runtime.exceptionThrown":
                self.messages.append(got["params"]["exceptionDetails"]["text"])

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Choose the size of the window and the colours."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        loads = self._loads
        self.command("Page.navigate", url=url)
        self._until_loaded(loads)

    def submit(self, script: str) -> None:
        """Run a script that leads to another page, and wait for that page."""
        loads = self._loads
        self.run(script)
        self._until_loaded(loads)

    def run(self, script: str) -> Any:
        """Return the value of a script."""
        result = self.command("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script answers true: the focus moves when the page gets round to it."""
        deadline = time.monotonic() + self._timeout
        while self.run(script) is not True:
            if time.monotonic() > deadline:
                raise TimeoutError(f"never came true: {script}")
            time.sleep(0.02)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.command("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.command("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.command("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        os.close(self._writer)
        os.close(self._reader)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
