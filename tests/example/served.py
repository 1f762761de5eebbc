"""The example project as a process, with a database of its own and none of this machine's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clients.live import HOST, running

CONFIGURED = {
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DEMO_PORT",
    "UPSTREAM_PORT",
    "REDIS_URL",
}
#: A server that asks itself or its neighbour over HTTP, whatever proxy this machine has.
NO_PROXY = {"NO_PROXY": HOST, "no_proxy": HOST}


@contextmanager
def serving(site: str, *, port: int, folder: Path, ports: dict[str, int]) -> Iterator[None]:
    """Run ``python -m example_project.<site>`` until it listens at ``port``, as ``make demo``."""
    inherited = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    environment = {
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DATABASE_URL": f"sqlite:///{folder / site}.sqlite3",
        "SECRET_KEY": f"the {site}'s",
    } | {name: str(number) for name, number in ports.items()}
    with running(
        [sys.executable, "-m", f"example_project.{site}"],
        port=port,
        log=folder / f"{site}.log",
        environment=inherited | NO_PROXY | environment,
        seconds=300,
    ):
        yield
