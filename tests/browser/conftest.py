"""One Chromium a worker, and for each test a visitor with a context of his own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.toolkit import server

from .chromium import EXECUTABLE
from .engine import Engine
from .looks import LOOKS, Look
from .visit import Visit

PICTURES = os.environ.get("SCREENSHOTS")
"""A folder: keep a picture of every page there."""


@pytest.fixture(scope="session")
def engine(live_server: Any) -> Iterator[Engine]:
    if not Path(EXECUTABLE).exists():
        pytest.skip(f"NO BROWSER TEST RAN: {EXECUTABLE} is absent")
    started = Engine(live_server.thread.port)
    yield started
    started.close()


@pytest.fixture
def visitor(engine: Engine, transactional_db: None) -> Iterator[Callable[[Look], Visit]]:
    """Return somebody with this look."""
    visits: list[Visit] = []

    def begin(look: Look = LOOKS["desktop"]) -> Visit:
        if PICTURES:
            look = replace(look, language="en")
        visits.append(Visit(engine, look, Path(PICTURES) if PICTURES else None))
        return visits[-1]

    store.forget()
    server.forget()
    yield begin
    for visit in visits:
        visit.close()
