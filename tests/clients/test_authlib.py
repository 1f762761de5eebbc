"""Authlib's session for requests, as a Python web application uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from .parties import API_SECRET, SECRET
from .person import Person
from .provider import Provider

pytest.importorskip("authlib", reason="NO AUTHLIB TEST RAN: pip install --group clients")

from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

pytestmark = pytest.mark.slow
SCOPE = "openid profile email orders.read offline_access"


@pytest.fixture
def sessions(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., OAuth2Session]]:
    """Return a maker of sessions that know the provider by its discovery document."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # http, which is what loopback has
    made: list[OAuth2Session] = []

    def make(client_id: str = "web", **given: Any) -> OAuth2Session:
        settings = {
            "scope": SCOPE,
            "redirect_uri": provider.redirect_uri,
            "code_challenge_method": "S256",
        }
        session = OAuth2Session(client_id, SECRET, **settings | given)
        session.trust_env = False
        session.metadata = session.get(provider.discovery, withhold_token=True).json()
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()


def sign_in(session: OAuth2Session, person: Person, **parameters: str) -> dict[str, Any]:
    """Run the code flow with PKCE; the tokens."""
    verifier = generate_token(48)
    url, state = session.create_authorization_url(
        session.metadata["authorization_endpoint"], code_verifier=verifier, **parameters
    )
    back = person.answer(url, session.redirect_uri)
    token: dict[str, Any] = session.fetch_token(
        session.metadata["token_endpoint"],
        authorization_response=back,
        state=state,
        code_verifier=verifier,
    )
    return token


def id_claims(session: OAuth2Session, token: str, **options: Any) -> dict[str, Any]:
    """Return what an ID token says, checked as Authlib checks it."""
    keys = KeySet.import_key_set(session.get(session.metadata["jwks_uri"]).json())
    algorithms = session.metadata["id_token_signing_alg_values_supported"]
    claims = jwt.decode(token, keys, algorithms=algorithms).claims
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": session.metadata["issuer"]},
        sub={"essential": True},
        aud={"essential": True, "value": session.client_id},
        exp={"essential": True},
        iat={"essential": True},
        **options,
    )
    registry.validate(claims)
    return dict(claims)


@pytest.mark.spec("OIDC Core", "3.1")
@pytest.mark.spec("RFC 7636", "4")
def test_signs_in_with_code_and_pkce(
    sessions: Callable[..., OAuth2Session], ada: Person, provider: Provider
) -> None:
    session = sessions()
    token = sign_in(session, ada, nonce="n-0S6_WzA2Mj")
    claims = id_claims(
        session, token["id_token"], nonce={"essential": True, "value": "n-0S6_WzA2Mj"}
    )
    assert token["token_type"] == "Bearer"
    assert set(token["scope"].split()) == set(SCOPE.split())
    shown = session.get(session.metadata["userinfo_endpoint"]).json()
    assert shown["sub"] == claims["sub"]
    assert shown["email"] == "ada@example.org"
    assert shown["preferred_username"] == "ada"


@pytest.mark.spec("RFC 7636", "4.6")
def test_a_code_without_its_verifier_is_refused(
    sessions: Callable[..., OAuth2Session], ada: Person
) -> None:
    session = sessions()
    endpoint = session.metadata["authorization_endpoint"]
    url, state = session.create_authorization_url(endpoint, code_verifier=generate_token(48))
    back = ada.answer(url, session.redirect_uri)
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.fetch_token(
            session.metadata["token_endpoint"],
            authorization_response=back,
            state=state,
            code_verifier=generate_token(48),
        )


@pytest.mark.spec("OIDC Core", "12")
@pytest.mark.spec("RFC 9700", "2.2.2")
def test_refreshes_with_rotation(sessions: Callable[..., OAuth2Session], ada: Person) -> None:
    session = sessions("one-time")
    first = sign_in(session, ada)
    second = session.refresh_token(session.metadata["token_endpoint"])
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    before, after = (id_claims(session, token["id_token"]) for token in (first, second))
    assert {name: before[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: after[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert session.get(session.metadata["userinfo_endpoint"]).status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(
            session.metadata["token_endpoint"], refresh_token=first["refresh_token"]
        )


@pytest.mark.spec("RFC 7009", "2")
def test_revokes_a_refresh_token(sessions: Callable[..., OAuth2Session], ada: Person) -> None:
    session = sessions()
    token = sign_in(session, ada)
    answer = session.revoke_token(
        session.metadata["revocation_endpoint"], token["refresh_token"], "refresh_token"
    )
    assert answer.status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(session.metadata["token_endpoint"])


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.spec("RFC 6750", "3.1")
def test_revokes_an_access_token(sessions: Callable[..., OAuth2Session], ada: Person) -> None:
    session = sessions("reference")
    token = sign_in(session, ada)
    endpoint = session.metadata["userinfo_endpoint"]
    assert session.get(endpoint).status_code == 200
    session.revoke_token(
        session.metadata["revocation_endpoint"], token["access_token"], "access_token"
    )
    refused = session.get(endpoint)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_learns_that_nobody_is_signed_in(
    sessions: Callable[..., OAuth2Session], ada: Person
) -> None:
    session = sessions()
    url, state = session.create_authorization_url(
        session.metadata["authorization_endpoint"],
        prompt="none",
        code_verifier=generate_token(48),
    )
    # Authlib's integrations look for an error before they hand anything to the session.
    answer = dict(parse_qsl(urlsplit(ada.answer(url, session.redirect_uri)).query))
    assert answer["error"] == "login_required"
    assert answer["state"] == state


@pytest.mark.spec("RFC 6749", "2.3.1")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_proves_itself_by_its_secret(sessions: Callable[..., OAuth2Session], method: str) -> None:
    session = sessions("machine", scope="orders.read", token_endpoint_auth_method=method)
    assert method in session.metadata["token_endpoint_auth_methods_supported"]
    token = session.fetch_token(session.metadata["token_endpoint"], grant_type="client_credentials")
    assert token["scope"] == "orders.read"


@pytest.mark.spec("RFC 7662", "2")
def test_an_api_asks_what_a_token_is(
    sessions: Callable[..., OAuth2Session], provider: Provider, ada: Person
) -> None:
    session = sessions("reference")
    token = sign_in(session, ada)
    with OAuth2Session("orders", API_SECRET) as api:
        api.trust_env = False
        found = api.introspect_token(
            session.metadata["introspection_endpoint"], token["access_token"]
        ).json()
    assert found["active"] is True
    assert found["client_id"] == "reference"
    assert found["iss"] == provider.issuer
    assert found["scope"].split() == ["orders.read"]
