"""How many SQL statements the hot paths take, once the configuration is in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity_bridge.models import User
from identity_bridge.oidc.configuration import store

from .parties import Party, browser, configure, machine_client, web_client


def statements(call: Callable[[], Any]) -> list[str]:
    """Return what a call sends; BEGIN and COMMIT count in the limits, tests have savepoints."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return [query["sql"] for query in queries]


@pytest.fixture
def party(user: User) -> Party:
    configure(machine_client(), web_client("opaque", access_token_type="Reference"))
    party = Party()
    party.sign_in("ada")
    party.tokens()  # makes the signing key, which is a change of what is in memory
    party.tokens()
    return party


@pytest.mark.django_db
def test_a_client_that_asks_for_itself_costs_no_statement() -> None:
    configure(machine_client())
    party = Party("machine")
    for _time in range(2):  # the first makes the signing key
        party.token(grant_type="client_credentials")
    assert statements(lambda: party.token(grant_type="client_credentials")) == []


@pytest.mark.django_db
def test_a_wrong_secret_and_an_unknown_client_cost_none() -> None:
    """Not the first time either, for a client nobody has heard of."""
    configure(machine_client())
    for _time in range(2):  # the first one makes the key, after which all is read anew
        Party("machine").token(grant_type="client_credentials")
    for client_id in ("machine", "nobody", "nobody-else"):
        party = Party(client_id, "wrong-secret")
        sent = statements(lambda p=party: p.token(grant_type="client_credentials", status=400))  # type: ignore[misc]
        assert sent == []


@pytest.mark.django_db
def test_unknown_clients_take_no_place_in_memory() -> None:
    configure(machine_client())
    for _time in range(2):
        Party("machine").token(grant_type="client_credentials")
    for number in range(50):
        Party(f"nobody-{number}").token(grant_type="client_credentials", status=400)
    assert set(store._current().clients) == {"machine"}


@pytest.mark.parametrize("path", ["openid-configuration", "openid-configuration/jwks"])
def test_documents_cost_none(party: Party, path: str) -> None:
    visitor = browser()
    visitor.get(f"/.well-known/{path}", secure=True)
    assert statements(lambda: visitor.get(f"/.well-known/{path}", secure=True)) == []


@pytest.mark.parametrize(
    ("scope", "limit"),
    [("openid", 4), ("openid profile orders.read", 6), ("openid offline_access orders.read", 7)],
)
def test_a_code_exchange(party: Party, scope: str, limit: int) -> None:
    code = party.code(scope=scope)
    sent = statements(lambda: party.exchange(code))
    assert len(sent) <= limit, sent  # and never more than the 10 that are allowed


def test_a_refresh(party: Party) -> None:
    handle = party.tokens(scope="openid profile offline_access")["refresh_token"]
    assert len(statements(lambda: party.refresh(handle))) <= 4


def test_userinfo(party: Party) -> None:
    token = party.tokens(scope="openid profile email")["access_token"]
    assert len(statements(lambda: party.userinfo(token))) <= 3


@pytest.mark.parametrize("client_id", ["web", "opaque"])
def test_introspection(party: Party, client_id: str) -> None:
    token = Party(client_id, browser=party.browser).tokens(scope="openid orders.read")
    sent = statements(lambda: party.introspect(token["access_token"]))
    assert len(sent) == 1, sent


def test_a_silent_authorize(party: Party) -> None:
    sent = statements(lambda: party.authorize(prompt="none"))
    assert len(sent) <= 10, sent
