"""``make recorded-server``: it starts on any port, and is what its configuration says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients.live import HOST, held_ports, running
from tests.fixtures_data import load_json

pytestmark = pytest.mark.slow

CLIENT = "m2m"
#: Set by the command itself.
CONFIGURED = {"DJANGO_SETTINGS_MODULE", "RECORDED_DATABASE", "SECRET_KEY", "DATABASE_URL"}


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    found: dict[str, Any] = load_json("duende/traces_config.json")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False  # no proxy between this machine and itself
        yield session


@pytest.fixture(scope="module")
def server(
    recorded: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Run it; its address, and the file that has what it said."""
    log = tmp_path_factory.mktemp("recorded") / "log"
    environment = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
    with held_ports(1) as (port,):
        command = [sys.executable, "-m", "tests.recorded_server", str(port)]
        with running(command, port=port, log=log, environment=environment):
            yield f"http://{HOST}:{port}", log


def test_it_says_where_it_is(server: tuple[str, Path]) -> None:
    address, log = server
    assert f"The recorded configuration is served on {address}/" in log.read_text()


def test_it_publishes_what_is_configured(
    server: tuple[str, Path], recorded: dict[str, Any], browser: requests.Session
) -> None:
    address, _log = server
    document = browser.get(f"{address}/.well-known/openid-configuration", timeout=30).json()
    assert document["issuer"] == address
    assert document["token_endpoint"] == f"{address}/connect/token"
    assert document["id_token_signing_alg_values_supported"] == recorded["signing_algorithms"]
    configured = [*recorded["identity_resources"], *recorded["api_scopes"]]
    shown = ("enabled", "show_in_discovery_document")
    names = {one["name"] for one in configured if all(one.get(name, True) for name in shown)}
    assert set(document["scopes_supported"]) == names | {"offline_access"}
    keys = browser.get(document["jwks_uri"], timeout=30).json()["keys"]
    assert {key["alg"] for key in keys} == set(recorded["signing_algorithms"])


def test_it_answers_to_the_recorded_name(
    server: tuple[str, Path], recorded: dict[str, Any], browser: requests.Session
) -> None:
    """So that a recorded conversation can be had again, letter by letter."""
    address, _log = server
    document = browser.get(
        f"{address}/.well-known/openid-configuration",
        headers={"Host": recorded["issuer"].partition("://")[2]},
        timeout=30,
    ).json()
    assert document["issuer"] == recorded["issuer"]


def test_a_recorded_client_gets_a_token_with_its_secret_only(
    server: tuple[str, Path], recorded: dict[str, Any], browser: requests.Session
) -> None:
    address, _log = server
    (client,) = [one for one in recorded["clients"] if one["client_id"] == CLIENT]
    form = {"grant_type": "client_credentials", "scope": client["allowed_scopes"][0]}
    url, secret = f"{address}/connect/token", client["client_secrets"][0]["plain"]
    given = browser.post(url, form, auth=(CLIENT, secret), timeout=30)
    assert given.status_code == 200
    assert given.json().items() >= {"token_type": "Bearer", "scope": form["scope"]}.items()
    assert given.json()["access_token"].count(".") == 2
    refused = browser.post(url, form, auth=(CLIENT, f"{secret}x"), timeout=30)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client")
