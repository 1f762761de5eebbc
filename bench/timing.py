"""One request through the whole of Django, timed."""

from __future__ import annotations

import io
import json
import os
import statistics
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

HOST = "id.example.org"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))


class Caller:
    """Calls the project's WSGI application, as a server does."""

    def __init__(self) -> None:
        self.application = WSGIHandler()

    def __call__(
        self, method: str, path: str, form: dict[str, str] | None = None, authorization: str = ""
    ) -> Any:
        body = urlencode(form or {}).encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "HTTP_HOST": HOST,
            "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }
        if authorization:
            environ["HTTP_AUTHORIZATION"] = authorization
        status: list[str] = []
        response = self.application(environ, lambda line, headers: status.append(line))
        content = b"".join(response)
        response.close()
        assert status[0].startswith("200"), (path, status[0], content[:300])
        return json.loads(content)


def basic(name: str, secret: str) -> str:
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def measure(calls: dict[str, Callable[[], Any]]) -> dict[str, dict[str, float]]:
    """Return milliseconds (median) and SQL statements of each; a call prepares what it uses up
    outside of the time by returning a function that is timed."""
    found = {}
    for name, prepare in calls.items():
        prepare()()
        once, sent = prepare(), []

        def count(execute: Any, sql: str, *rest: Any, sent: list[str] = sent) -> Any:
            sent.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            once()
        times = []
        for _round in range(ROUNDS):
            once = prepare()
            began = time.perf_counter()
            once()
            times.append(time.perf_counter() - began)
        found[name] = {"ms": statistics.median(times) * 1e3, "sql": float(len(sent))}
    return found
