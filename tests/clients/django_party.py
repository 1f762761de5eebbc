"""Django applications as relying parties, each a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .live import running
from .parties import SECRET
from .provider import Provider


@contextmanager
def served(name: str, *, port: int, provider: Provider, folder: Path) -> Iterator[str]:
    """Run the project of this name; its address."""
    environment = os.environ | {
        "PARTY_ISSUER": provider.issuer,
        "PARTY_SECRET": SECRET,
        "PARTY_DATABASE": str(folder / "party.sqlite3"),
    }
    settings = f"tests.projects.clients.{name}.settings"
    command = [sys.executable, "-m", "tests.projects.clients.serve_party", settings, str(port)]
    with running(command, port=port, log=folder / "log", environment=environment):
        yield provider.places.of(port)
