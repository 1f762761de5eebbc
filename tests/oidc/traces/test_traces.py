"""The contract: what a real Duende IdentityServer answered, we answer."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings

from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import ring
from identity_bridge.signin import clock
from tests.fixtures_data import load_json, load_records, record_id, records
from tests.oidc.differences import Listed, listed, places_of

from . import provider
from .runner import Runner

ALGORITHMS = ("RS256", "ES256")
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def back_channel() -> Iterator[tuple[str, list[Any]]]:
    """A real server that clients' logout tokens come to: its address, and what came."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append(
                {
                    "path": self.path,
                    "method": "POST",
                    "content_type": self.headers["Content-Type"],
                    "form": dict(parse_qsl(body)),
                }
            )
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def loaded(django_db_setup: Any, django_db_blocker: Any, back_channel: Any) -> Iterator[Any]:
    """The recorded server's configuration, written once; nothing of it stays."""
    config = load_json("duende/traces_config.json")
    with django_db_blocker.unblock():
        with override_settings(PASSWORD_HASHERS=FAST):
            provider.load(config, back_channel=back_channel[0])
        for algorithm in ALGORITHMS:
            ring.signing_key(algorithm)
        yield config
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize("trace", records("duende/traces.jsonl"), ids=record_id)
def test_a_conversation_goes_as_recorded_or_is_listed_as_different(
    trace: dict[str, Any],
    loaded: dict[str, Any],
    back_channel: tuple[str, list[Any]],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache.clear()
    store.forget()
    settings.IDENTITY_BRIDGE = {
        "OIDC_SIGNING_ALGORITHMS": ALGORITHMS,
        "OIDC_LOGOUT_DELIVERY": "command",
        "OIDC_DEVICE_URL": "/device",
        "OIDC_CREATE_ACCOUNT_URL": "/register",
        "RATE_LIMIT_PER_ADDRESS": (0, 0),
        "RATE_LIMIT_PER_ACCOUNT": (0, 0),
    }
    settings.PASSWORD_HASHERS = FAST
    runner = Runner(copy.deepcopy(trace), loaded, back_channel[1])
    back_channel[1].clear()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + runner.offset)
    differences = runner.run()
    known = listed().get(trace["id"], Listed())
    assert known.wrong_with(one.place for one in differences) == [], "\n".join(
        map(str, differences)
    )


@pytest.mark.contract
def test_every_conversation_that_is_listed_is_recorded() -> None:
    recorded = {trace["id"] for trace in load_records("duende/traces.jsonl")}
    assert listed().keys() <= recorded


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (["1.status", "2.body.a", "2.body.b"], []),
        (["1.status", "2.body.a", "3.body"], ["3.body differs and is not listed"]),
        (["1.status", "1.body.x", "2.body"], ["1.body.x differs and is not listed"]),
        (["2.body"], ["1.status is listed and does not differ"]),
        (["1.status"], ["2.* is listed and does not differ"]),
        (["1.status", "2.a", "20.body"], ["20.body differs and is not listed"]),
    ],
    ids=str,
)
def test_only_the_places_that_are_listed_may_differ_and_each_has_to(
    found: list[str], wrong: list[str]
) -> None:
    assert Listed(places_of("1: status; 2: *")).wrong_with(found) == wrong


@pytest.mark.parametrize("where", ["", "status", "1:", "1: status;", "one: status"])
def test_a_row_that_names_no_place_is_refused(where: str) -> None:
    with pytest.raises(AssertionError):
        places_of(where)
