"""Processes that listen on a port of this machine: started, waited for, ended."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]


@contextmanager
def held_ports(count: int) -> Iterator[list[int]]:
    """Keep ports that nobody has for servers that start later.

    They are bound and not listened at, which a server with SO_REUSEADDR does not mind; nobody else
    is given them meanwhile, neither another process of tests nor an outgoing connection.
    """
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((HOST, 0))
        yield [int(one.getsockname()[1]) for one in sockets]


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    log: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float = 240,
) -> Iterator[None]:
    """Run a server for as long as the block lasts; what it says goes to the log."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            _wait(process, port=port, log=log, until=time.monotonic() + seconds)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], *, port: int, log: Path, until: float) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended:\n{log.read_text(errors='replace')}")
        with socket.socket() as attempt:
            attempt.settimeout(1)
            if attempt.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{process.args!r} does not listen:\n{log.read_text(errors='replace')}")
