"""The provider's hot paths against plain django-oauth-toolkit, and client_credentials over HTTP
against the RSA signatures that one core makes in a second.

The second part needs the programs openssl and wrk, and says so where they are missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

RUNS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = 5 if RUNS > 1 else 1
CONNECTIONS = 8
WORKERS = 2
#: Servers in Rust and in Python; threads of one worker would only wait for each other here.
SERVERS = {
    "granian": "granian --interface wsgi --workers {workers} --host 127.0.0.1 --port {port}"
    " --blocking-threads 1 --log-level warning bench.provider_wsgi:application",
    "gunicorn": "gunicorn --worker-class sync --workers {workers} --bind 127.0.0.1:{port}"
    " --log-level warning bench.provider_wsgi:application",
}


def main() -> None:
    _against_the_toolkit()
    _over_http()


def _against_the_toolkit() -> None:
    rounds: dict[str, list[Any]] = {"provider_ours": [], "provider_toolkit": []}
    for _run in range(RUNS):  # in turns, so that a busy machine slows both
        for name, kept in rounds.items():
            command = [sys.executable, "-W", "ignore", "-m", f"bench.{name}"]
            kept.append(json.loads(subprocess.check_output(command)))
    print("Requests through all of Django, SQLite in memory, against plain django-oauth-toolkit")
    for name in rounds["provider_ours"][0]:
        ours, theirs = (median(run[name]["ms"] for run in kept) for kept in rounds.values())
        sql = [int(kept[0][name]["sql"]) for kept in rounds.values()]
        print(
            f"  {name:18} {ours:6.2f} ms {sql[0]:3} SQL   toolkit {theirs:6.2f} ms {sql[1]:3} SQL"
            f"   ratio {ours / theirs:.2f}"
        )


def _over_http() -> None:
    missing = [name for name in ("openssl", "wrk") if shutil.which(name) is None]
    if missing:
        print(f"client_credentials over HTTP: not measured without {' and '.join(missing)}")
        return
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {
            "BENCH_PROVIDER_DATABASE": str(Path(place, "provider.sqlite3")),
            "DJANGO_SETTINGS_MODULE": "bench.provider_settings",
        }
        set_up = "from bench.provider_ours import set_up; set_up()"
        subprocess.run([sys.executable, "-c", set_up], env=environment, check=True)
        script = Path(place, "post.lua")
        script.write_text(_script(), encoding="utf-8")
        print(f"client_credentials, JWT RS256, {WORKERS} workers, {CONNECTIONS} connections")
        for name in SERVERS:
            rates = _rates(name, script, environment)
            rate, signatures = (median(column) for column in zip(*rates, strict=True))
            print(
                f"  {name:9} {rate:6,.0f}/s; RSA-2048 signatures of one core {signatures:,.0f}/s;"
                f" ratio {rate / signatures:.2f}"
            )


def _rates(name: str, script: Path, environment: dict[str, str]) -> list[tuple[float, float]]:
    """Return requests and signatures per second of each run, taken in turns."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = SERVERS[name].format(workers=WORKERS, port=port).split()
    server = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        _wait_for(port)
        return [(_rate(port, script), _signatures()) for _run in range(RUNS + 1)][1:]
    finally:
        server.terminate()
        server.wait()


def _script() -> str:
    from bench.provider_ours import CLIENT, SECRET

    body = f"client_id={CLIENT}&client_secret={SECRET}&grant_type=client_credentials&scope=read"
    return (
        f'wrk.method = "POST"\nwrk.body = "{body}"\n'
        'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
    )


def _wait_for(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _rate(port: int, script: Path) -> float:
    url = f"http://127.0.0.1:{port}/connect/token"
    load = [f"-c{CONNECTIONS}", "-t1", f"-d{SECONDS}s", "-s", str(script), url]
    said = subprocess.check_output(["wrk", *load], text=True)
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def _signatures() -> float:
    command = ["openssl", "speed", "-seconds", "2", "rsa2048"]
    said = subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True)
    found = re.search(r"rsa 2048 bits.*?([\d.]+)\s+[\d.]+\s*$", said, re.MULTILINE)
    assert found is not None, said
    return float(found[1])


if __name__ == "__main__":
    main()
