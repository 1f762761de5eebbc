"""``oauth4webapi``: the checks that openid-client is made of, and those of an API."""

from __future__ import annotations

import pytest

from .given import given_to
from .node_scripts import run
from .person import Person
from .provider import Provider

pytestmark = pytest.mark.slow


@pytest.mark.spec("OIDC Core", "3.1.3.7")
@pytest.mark.spec("RFC 9207", "2")
@pytest.mark.parametrize("discovery", ["oidc", "oauth2"])
@pytest.mark.parametrize(
    ("client_id", "method"), [("web", "client_secret_basic"), ("signed", "private_key_jwt")]
)
def test_signs_in(
    provider: Provider, ada: Person, client_id: str, method: str, discovery: str
) -> None:
    given = given_to(provider, client_id, authentication=method, discovery=discovery)
    found = run("oauth4webapi/code", given, ada)
    assert found["iss"] == provider.issuer
    assert found["userinfo"]["sub"] == found["claims"]["sub"]


@pytest.mark.spec("RFC 9068", "4")
def test_an_api_checks_the_access_token(provider: Provider, ada: Person) -> None:
    claims = run("oauth4webapi/access_token", given_to(provider, "web"), ada)
    assert claims["client_id"] == "web"
    assert claims["aud"] == "orders"


@pytest.mark.spec("RFC 9701", "5")
def test_an_api_has_the_introspection_signed(provider: Provider, ada: Person) -> None:
    found = run("oauth4webapi/signed_introspection", given_to(provider, "reference"), ada)
    assert found["type"].startswith("application/token-introspection+jwt")
    assert found["found"]["active"] is True


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_wrong_secret_is_refused(provider: Provider) -> None:
    found = run("oauth4webapi/refused", given_to(provider, "machine", scope="orders.read"))
    assert found["post"]["error"] == found["basic"]["error"] == "invalid_client"
    assert found["post"]["status"] in {400, 401}
