"""Scripts of ``node/``, run by Node with the packages that package-lock.json pins.

They are installed into var/, once; a script asks for a browser's deeds through its output and gets
the outcome through its input, so that all its own requests are really its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from .live import ROOT
from .person import Person

SOURCES = Path(__file__).parent
PLACE = ROOT / "var" / "clients"
SECONDS = 120
OLDEST_NODE = 20
"""What openid-client 6 wants."""


@cache
def installed() -> Path:
    """Return the folder with the packages and the scripts; skip where it cannot be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("NO NODE CLIENT RAN: node or npm is absent")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"NO NODE CLIENT RAN: node is {version.stdout.strip()}, not {OLDEST_NODE}")
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may run tests
        _install()
        shutil.copytree(
            SOURCES / "node", PLACE / "node", copy_function=_copy_changed, dirs_exist_ok=True
        )
    return PLACE


def _copy_changed(source: str, target: str) -> None:
    """Copy a script, never half of it: another process may be about to read it."""
    wanted, place = Path(source).read_bytes(), Path(target)
    if not place.exists() or place.read_bytes() != wanted:
        fresh = place.with_suffix(".fresh")
        fresh.write_bytes(wanted)
        os.replace(fresh, place)


def _install() -> None:
    stamp, wanted = PLACE / "installed", (SOURCES / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, PLACE / name)
    ran = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=PLACE,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        pytest.skip(f"NO NODE CLIENT RAN: npm ci: {ran.stderr[-500:]}")
    stamp.write_text(wanted)


def run(script: str, given: dict[str, Any], person: Person | None = None) -> Any:
    """Run a script of ``node/`` to its end; its result."""
    folder = installed()
    with subprocess.Popen(
        ["node", f"node/{script}.mjs"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        watch = Timer(SECONDS, process.kill)
        watch.start()
        try:
            _say(process, given)
            for line in process.stdout:
                message = json.loads(line)
                if "result" in message:
                    return message["result"]
                _say(process, getattr(person, message["action"])(*message["args"]))
            raise AssertionError(f"{script} ended early:\n{process.stderr.read()}")
        finally:
            watch.cancel()
            process.kill()


def _say(process: subprocess.Popen[str], message: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()
