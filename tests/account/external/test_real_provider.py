"""Against a real provider: this package's own, in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from identity_bridge.models import User, UserLogin
from tests.account.conftest import LOGIN, PASSWORD, PROFILE
from tests.clients.live import HOST, held_ports, running
from tests.clients.person import PASSWORD as PASSWORD_THERE
from tests.clients.person import Person
from tests.external.fixtures import CHALLENGE, LOGINS, REGISTER, code_in, user_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SECRET = "a-secret-of-the-shop"
CALLBACK = "http://testserver/account/external/Harbor/callback/"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the provider, with one client and one person."""
    folder = tmp_path_factory.mktemp("harbor")
    configuration = {
        "identity_resources": [
            {"name": "openid", "required": True, "user_claims": ["sub"]},
            {"name": "profile", "user_claims": ["name", "preferred_username"]},
            {"name": "email", "user_claims": ["email", "email_verified"]},
        ],
        "clients": [
            {
                "client_id": "shop",
                "client_name": "Shop",
                "client_secrets": [{"plain": SECRET}],
                "allowed_grant_types": ["authorization_code"],
                "redirect_uris": [CALLBACK],
                "allowed_scopes": ["openid", "profile", "email"],
                "require_consent": True,
                "allow_remember_consent": False,
            }
        ],
        "users": [{"username": "ada", "email": "ada@example.org", "password": PASSWORD_THERE}],
    }
    loaded = folder / "configuration.json"
    loaded.write_text(json.dumps(configuration))
    with pytest.MonkeyPatch.context() as patch, held_ports(1) as (port,):
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, HOST)
        command = [sys.executable, "-m", "tests.projects.clients.serve", str(port)]
        arguments = [str(folder / "provider.sqlite3"), str(loaded)]
        with running([*command, *arguments], port=port, log=Path(folder / "log")):
            yield f"http://{HOST}:{port}"


@pytest.fixture
def harbor(issuer: str, settings: Any) -> str:
    settings.IDENTITY_BRIDGE = {
        "EXTERNAL_PROVIDERS": {
            "Harbor": {
                "kind": "openid",
                "authority": issuer,
                "client_id": "shop",
                "client_secret": SECRET,
            }
        }
    }
    return issuer


@pytest.fixture
def ada() -> Iterator[Person]:
    person = Person("ada")
    yield person
    person.close()


def back(person: Person, location: str, consent: str = "allow") -> str:
    """Sign in over there; the path to come back to."""
    parts = urlsplit(person.answer(location, CALLBACK, consent))
    return f"{parts.path}?{parts.query}"


def test_somebody_comes_first_adds_the_login_elsewhere_and_leaves_it(
    client: Client, harbor: str, ada: Person
) -> None:
    there = client.post(CHALLENGE.format("Harbor"), {"next": "/account/?first"})["Location"]
    assert there.startswith(f"{harbor}/connect/authorize?")
    answer = back(ada, there)
    assert client.get(answer)["Location"] == REGISTER
    page = client.get(REGISTER).content.decode()
    assert 'value="ada@example.org"' in page
    assert "not confirmed" in page
    assert client.post(REGISTER, {"email": "ada@example.org"})["Location"] == "/account/?first"
    user, login = User.objects.get(), UserLogin.objects.get()
    assert user_of(client) == user.pk
    assert not user.email_confirmed
    assert login.provider_key

    # The same again is a sign-in, and the answer itself is worth nothing twice.
    client.post("/account/logout/")
    assert code_in(client.get(answer)) == "external_state_unknown"
    there = client.post(CHALLENGE.format("Harbor"))["Location"]
    assert client.get(back(ada, there))["Location"] == PROFILE
    assert user_of(client) == user.pk


def test_an_account_of_before_gets_the_login(client: Client, harbor: str, ada: Person) -> None:
    hamid = User.objects.create_user("hamid", "ada@example.org", PASSWORD, email_confirmed=True)
    there = client.post(CHALLENGE.format("Harbor"))["Location"]
    client.get(back(ada, there))
    page = client.post(REGISTER, {"email": "ada@example.org"}).content.decode()
    assert "No account could be made" in page  # nobody has verified the address over there
    client.post(LOGIN, {"username": "hamid", "password": PASSWORD})
    there = client.post(f"{LOGINS}add/", {"provider": "Harbor"})["Location"]
    assert client.get(back(ada, there))["Location"] == LOGINS
    client.post("/account/logout/")
    there = client.post(CHALLENGE.format("Harbor"))["Location"]
    assert client.get(back(ada, there))["Location"] == PROFILE
    assert user_of(client) == hamid.pk


def test_who_says_no_over_there_is_told_so_here(client: Client, harbor: str, ada: Person) -> None:
    there = client.post(CHALLENGE.format("Harbor"))["Location"]
    response = client.get(back(ada, there, consent="deny"))
    assert code_in(response) == "external_access_denied"


def test_a_wrong_secret_is_found_at_the_token_endpoint(
    client: Client, harbor: str, ada: Person, settings: Any
) -> None:
    there = client.post(CHALLENGE.format("Harbor"))["Location"]
    answer = back(ada, there)
    providers = settings.IDENTITY_BRIDGE["EXTERNAL_PROVIDERS"]
    changed = {"Harbor": providers["Harbor"] | {"client_secret": "another"}}
    settings.IDENTITY_BRIDGE = {"EXTERNAL_PROVIDERS": changed}
    assert code_in(client.get(answer)) == "external_provider_refused"
