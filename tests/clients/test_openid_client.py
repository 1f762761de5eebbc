"""``openid-client`` for Node, certified by the OpenID Foundation; it checks all signatures here."""

from __future__ import annotations

import pytest

from .given import given_to
from .node_scripts import run
from .parties import AWKWARD_SECRET, LONG_SECRET, SECRET, SIGNING_ALGORITHMS
from .person import PASSWORD, Person
from .provider import Provider

pytestmark = pytest.mark.slow


@pytest.mark.spec("OIDC Core", "3.1")
@pytest.mark.spec("OIDC Core", "9")
@pytest.mark.parametrize(
    ("client_id", "method", "secret"),
    [
        ("web", "client_secret_basic", SECRET),
        ("web", "client_secret_post", SECRET),
        ("signed", "private_key_jwt", ""),
        ("keyed", "client_secret_jwt", LONG_SECRET),
    ],
)
def test_signs_in_with_code_and_pkce(
    provider: Provider, ada: Person, client_id: str, method: str, secret: str
) -> None:
    given = given_to(provider, client_id, authentication=method, secret=secret)
    found = run("openid-client/code", given, ada)
    assert found["claims"]["iss"] == provider.issuer
    assert found["claims"]["aud"] == client_id
    assert found["userinfo"]["email"] == "ada@example.org"
    assert found["expires"] == 3600


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("OIDC Core", "2")
def test_asks_for_a_sign_in_that_is_not_old(provider: Provider, ada: Person) -> None:
    found = run("openid-client/max_age", given_to(provider, "web"), ada)
    assert found["first"] == found["second"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("OIDC Core", "3.1.2.3")
@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"max_age": "0"}], ids=str)
def test_asks_for_a_new_sign_in(
    provider: Provider, ada: Person, parameters: dict[str, str]
) -> None:
    given = given_to(provider, "web", parameters=parameters)
    found = run("openid-client/sign_in_again", given, ada)
    assert found["second"] > found["first"]


@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_is_allowed_by_the_person(provider: Provider, ada: Person) -> None:
    found = run("openid-client/code", given_to(provider, "careful"), ada)
    assert found["userinfo"]["email"] == "ada@example.org"


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_is_not_allowed_by_the_person(provider: Provider, ada: Person) -> None:
    found = run("openid-client/code", given_to(provider, "careful", consent="deny"), ada)
    assert found == {"refused": "access_denied"}


@pytest.mark.spec("OIDC Core", "10.1")
@pytest.mark.spec("RFC 7517", "5")
@pytest.mark.parametrize("algorithm", SIGNING_ALGORITHMS)
def test_finds_the_key_of_an_algorithm(provider: Provider, ada: Person, algorithm: str) -> None:
    metadata = {"id_token_signed_response_alg": algorithm}
    given = given_to(provider, f"by-{algorithm}", metadata=metadata)
    assert run("openid-client/code", given, ada)["claims"]["aud"] == f"by-{algorithm}"


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
def test_signs_in_by_a_form(provider: Provider, ada: Person) -> None:
    found = run("openid-client/form_post", given_to(provider, "web"), ada)
    assert found["claims"]["aud"] == "web"


@pytest.mark.spec("OIDC Core", "3.2")
def test_signs_in_with_the_implicit_flow(provider: Provider, ada: Person) -> None:
    found = run("openid-client/implicit", given_to(provider, "implicit"), ada)
    assert found["claims"]["aud"] == "implicit"


@pytest.mark.spec("RFC 8707", "2")
def test_asks_for_a_token_for_one_api(provider: Provider, ada: Person) -> None:
    given = given_to(provider, "stock", scope="openid stock.read offline_access")
    found = run("openid-client/resource", given, ada)
    assert found == {"first": "urn:stock", "second": "urn:prices", "foreign": "invalid_target"}


@pytest.mark.spec("RFC 6749", "4.3")
def test_asks_with_a_password(provider: Provider) -> None:
    given = given_to(provider, "password", username="ada", password=PASSWORD)
    found = run("openid-client/password", given)
    assert found == {"right": "bearer", "wrong": "invalid_grant"}


@pytest.mark.spec("OIDC Core", "3.3.2.11")
@pytest.mark.spec("OAuth 2.0 Multiple Response Types", "5")
def test_signs_in_with_the_hybrid_flow(provider: Provider, ada: Person) -> None:
    found = run("openid-client/hybrid", given_to(provider, "hybrid"), ada)
    assert found["claims"]["aud"] == "hybrid"
    assert "id_token=" in found["fragment"]


@pytest.mark.spec("OIDC Core", "12.2")
@pytest.mark.spec("RFC 7009", "2")
@pytest.mark.parametrize("client_id", ["web", "one-time"])
def test_refreshes_then_revokes(provider: Provider, ada: Person, client_id: str) -> None:
    found = run("openid-client/refresh", given_to(provider, client_id), ada)
    assert len(set(found["subjects"])) == 1
    assert found["fresh"] is True
    assert found["rotated"] is (client_id == "one-time")
    assert found["afterRevocation"] == "invalid_grant"


@pytest.mark.spec("RFC 6749", "4.4")
@pytest.mark.spec("RFC 7523", "2.2")
@pytest.mark.parametrize(
    ("client_id", "method", "secret"),
    [
        ("machine", "client_secret_basic", SECRET),
        ("machine", "client_secret_basic", AWKWARD_SECRET),
        ("machine", "client_secret_post", AWKWARD_SECRET),
        ("signed-machine", "private_key_jwt", ""),
        ("keyed-machine", "client_secret_jwt", LONG_SECRET),
    ],
)
def test_asks_for_itself(provider: Provider, client_id: str, method: str, secret: str) -> None:
    given = given_to(provider, client_id, authentication=method, secret=secret, scope="orders.read")
    found = run("openid-client/machine", given)
    assert found == {"type": "bearer", "scope": "orders.read", "expires": 3600}


@pytest.mark.spec("RFC 8628", "3")
def test_a_television_is_let_in(provider: Provider, ada: Person) -> None:
    given = given_to(
        provider, "television", authentication="none", scope="openid orders.read offline_access"
    )
    found = run("openid-client/device", given, ada)
    assert found["shown"]["verification_uri"].startswith(provider.issuer)
    assert found["shown"]["interval"] == 1
    assert found["claims"]["aud"] == "television"
    assert found["refreshable"] is True


@pytest.mark.spec("RFC 7662", "2.2")
def test_asks_about_its_own_tokens(provider: Provider, ada: Person) -> None:
    found = run("openid-client/introspection", given_to(provider, "web"), ada)
    assert found["access"]["active"] is True
    assert found["access"]["client_id"] == "web"
    assert found["refresh"]["active"] is True
    assert found["foreign"] == {"active": False}


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_signs_out(provider: Provider, ada: Person) -> None:
    found = run("openid-client/logout", given_to(provider, "web"), ada)
    assert f"{provider.places.post_logout_redirect_uri}?state=after" in found["links"]
    assert found["afterwards"] == "login_required"
