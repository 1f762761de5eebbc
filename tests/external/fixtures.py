"""Providers elsewhere, and a project that knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.models import UserLogin, UserPasskey
from identity_bridge.signin import clock

from .upstream import CLIENT_ID, SECRET, Server, Upstream, Visit

CHALLENGE = "/account/external/{}/challenge/"
REGISTER = "/account/external/register/"
LOGINS = "/account/external/logins/"


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def upstream(upstream_server: Server, settings: Any, monkeypatch: Any) -> Upstream:
    """A provider that three schemes of the project name, each of another kind."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    found = upstream_server.fresh()
    client = {"client_id": CLIENT_ID, "client_secret": SECRET}
    settings.IDENTITY_BRIDGE = getattr(settings, "IDENTITY_BRIDGE", {}) | {
        "EXTERNAL_PROVIDERS": {
            "Harbor": {"kind": "openid", "authority": found.url, **client},
            "GitHub": {"kind": "github", "authority": found.url, **client},
            "Microsoft": {"kind": "microsoft", **client},
        }
    }
    monkeypatch.setattr("identity_bridge.external.microsoft.LOGIN", found.url)
    monkeypatch.setattr("identity_bridge.external.microsoft.GRAPH", f"{found.url}/v1.0/me")
    return found


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    def change(**given: Any) -> None:
        settings.IDENTITY_BRIDGE = settings.IDENTITY_BRIDGE | given

    return change


class MovableClock:
    offset = 0.0


@pytest.fixture
def movable_clock(monkeypatch: pytest.MonkeyPatch) -> MovableClock:
    movable, real = MovableClock(), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + movable.offset)
    return movable


@pytest.fixture
def grace(db: Any) -> Any:
    """Somebody with a login of each provider, and no password."""
    user = get_user_model()._default_manager.create_user("grace", "grace@example.org", None)
    for scheme, key in (
        ("Harbor", "248289761001"),
        ("GitHub", "583231"),
        ("Microsoft", "48d31887-5fad-4d73-a9f5-3c356e68a038"),
    ):
        UserLogin.objects.create(user=user, login_provider=scheme, provider_key=key)
    return user


def leave(client: Client, upstream: Upstream, scheme: str = "Harbor", **fields: str) -> Visit:
    """Press the button of a provider."""
    response = client.post(CHALLENGE.format(scheme), fields)
    assert response.status_code == 302, response.content.decode()
    return upstream.visit(response["Location"])


def sign_in(client: Client, upstream: Upstream, scheme: str = "Harbor", **fields: str) -> Any:
    """Press the button, and come back."""
    return client.get(leave(client, upstream, scheme, **fields).back())


def user_of(client: Client) -> str | None:
    """Return the Id of whoever is signed in at this browser."""
    found: str | None = client.session.get("_auth_user_id")
    return found


def code_in(response: Any) -> str:
    """Return the code on the page that says what went wrong."""
    assert response.status_code == 400, response.status_code
    text: str = response.content.decode()
    return text.split("<dd><code>")[1].split("</code>")[0]


@pytest.fixture
def passkey_of() -> Callable[[Any], UserPasskey]:
    """Give somebody a passkey, as a ceremony would have left it."""

    def make(user: Any) -> UserPasskey:
        data = PasskeyData(
            public_key=b"key",
            name="laptop",
            created_at="2026-01-01T00:00:00+00:00",
            sign_count=0,
            transports=("internal",),
            is_user_verified=True,
            is_backup_eligible=False,
            is_backed_up=False,
            attestation_object=b"",
            client_data_json=b"",
        )
        return UserPasskey.objects.create(credential_id=b"credential", user=user, data=data)

    return make
