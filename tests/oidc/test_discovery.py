"""The discovery documents: where they are, and that each value in them is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client as Browser

from identity_bridge.models import User
from identity_bridge.oidc.configuration import document as configuration
from identity_bridge.oidc.configuration import writing
from identity_bridge.oidc.interaction.errors import PARAMETER, shown_error
from identity_bridge.oidc.protocol.authorize_request import RESPONSE_TYPES
from identity_bridge.oidc.protocol.pkce import challenge_of

from .parties import (
    ISSUER,
    RESOURCES,
    Party,
    answer_of,
    browser,
    claims_of,
    configure,
    fragment_of,
    machine_client,
    post_form,
    web_client,
)

Bridge = Callable[..., None]

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def document(path: str = OPENID, visitor: Browser | None = None) -> dict[str, Any]:
    response = (visitor or browser()).get(path, secure=True)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
    found: dict[str, Any] = response.json()
    return found


def error_of(response: Any) -> str:
    """Return what the error page that somebody is sent to says."""
    query = dict(parse_qsl(urlsplit(response.headers["Location"]).query))
    shown = shown_error(query[PARAMETER])
    assert shown is not None
    return shown.error


@pytest.fixture
def code(user: User) -> Party:
    """A client of the code flow that may do what is announced, with its user signed in."""
    grants = ["authorization_code", "password", DEVICE_CODE]
    configure(
        web_client("code", allowed_grant_types=grants, allow_plain_text_pkce=True),
        *(
            web_client(flow, allowed_grant_types=[flow], allow_access_tokens_via_browser=True)
            for flow in ("hybrid", "implicit")
        ),
        machine_client(),
    )
    party = Party("code")
    party.sign_in("ada")
    return party


# Where they are


@pytest.mark.spec("RFC 8414", "3")
@pytest.mark.spec("OIDC Discovery", "4.1")
def test_both_documents_say_the_same(db: None) -> None:
    configure()
    assert document(OAUTH) == document(OPENID)


@pytest.mark.spec("RFC 8414", "3.1")
@pytest.mark.parametrize(
    ("issuer", "path", "status"),
    [
        ("https://id.example.org/base", f"{OAUTH}/base", 200),
        ("https://id.example.org/base", f"{OAUTH}/base/", 200),
        ("https://id.example.org/base", "/.Well-Known/OAuth-Authorization-Server/base", 200),
        ("https://id.example.org/base", OAUTH, 200),
        ("https://id.example.org/base/", f"{OAUTH}/base", 200),
        ("https://id.example.org/a/b", f"{OAUTH}/a/b", 200),
        ("https://id.example.org/a%20b", f"{OAUTH}/a%20b", 200),
        ("https://id.example.org/a/b", f"{OAUTH}/a", 404),
        ("https://id.example.org/base", f"{OAUTH}/Base", 404),
        ("https://id.example.org/base", f"{OAUTH}/base/x", 404),
        ("https://id.example.org/base", f"{OAUTH}base", 404),
        ("https://id.example.org", f"{OAUTH}/base", 404),
        (None, f"{OAUTH}/base", 404),
    ],
)
def test_the_path_of_the_issuer_stands_behind_the_well_known_part(
    db: None, bridge: Bridge, issuer: str | None, path: str, status: int
) -> None:
    bridge(OIDC_ISSUER=issuer)
    response = browser().get(path, secure=True)
    assert response.status_code == status
    if status == 200:
        assert response.json()["issuer"] == issuer


@pytest.mark.spec("RFC 8414", "3.1")
def test_the_path_that_the_server_gives_is_the_path_of_the_issuer(db: None) -> None:
    at_base: dict[str, Any] = {"SCRIPT_NAME": "/base", "secure": True}
    found = browser().get(f"{OAUTH}/base", **at_base)
    assert found.json()["issuer"] == f"{ISSUER}/base"
    assert browser().get(f"{OAUTH}/other", **at_base).status_code == 404


def test_a_document_that_is_switched_off_is_in_none_of_its_places(db: None, bridge: Bridge) -> None:
    bridge(OIDC_ISSUER="https://id.example.org/base", OIDC_DISABLED_ENDPOINTS=("discovery",))
    for path in (OPENID, OAUTH, f"{OAUTH}/base"):
        assert browser().get(path, secure=True).status_code == 404


@pytest.mark.spec("RFC 8414", "3.3")
@pytest.mark.spec("OIDC Discovery", "4.3")
def test_the_issuer_is_the_one_of_the_tokens_letter_by_letter(web: Party, bridge: Bridge) -> None:
    for issuer in (None, "https://login.example.org/Base", "https://login.example.org/"):
        bridge(OIDC_ISSUER=issuer)
        found = document(OAUTH)
        assert found["issuer"] == (issuer or ISSUER)
        assert claims_of(web.tokens()["id_token"])["iss"] == found["issuer"]


@pytest.mark.parametrize("issuer", ["https://login.example.org", "https://login.example.org/"])
def test_an_address_has_no_slash_twice(db: None, bridge: Bridge, issuer: str) -> None:
    bridge(OIDC_ISSUER=issuer, OIDC_DISCOVERY_ENTRIES={"accounts_endpoint": "~/api"})
    for name, value in document().items():
        if name.endswith(("_endpoint", "_uri", "_iframe")):
            assert value.startswith("https://login.example.org/"), name
            assert "//" not in urlsplit(value).path, name


# What has to be there


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.spec("OIDC Discovery", "3")
def test_what_has_to_be_there_is_there(db: None) -> None:
    configure()
    found = document()
    assert found["subject_types_supported"] == ["public"]
    assert "RS256" in found["id_token_signing_alg_values_supported"]
    assert {"openid", "offline_access"} <= set(found["scopes_supported"])
    assert found["response_types_supported"] == list(RESPONSE_TYPES)
    assert {"authorization_code", "implicit"} <= set(found["grant_types_supported"])


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.spec("OIDC Discovery", "3")
def test_each_address_is_one_of_ours_and_there(db: None) -> None:
    found = document()
    named = [name for name in found if name.endswith(("_endpoint", "_uri", "_iframe"))]
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} < {*named}
    for name in named:
        assert found[name].startswith(f"{ISSUER}/"), name
        path = found[name].removeprefix(ISSUER)
        assert browser().get(path, secure=True).status_code != 404, name


@pytest.mark.spec("RFC 8414", "3.2")
@pytest.mark.spec("OIDC Discovery", "4.2")
def test_a_list_of_nothing_is_left_out(db: None, bridge: Bridge) -> None:
    bridge(OIDC_DISABLED_ENDPOINTS=("authorize", "token"))
    found = document()
    assert "grant_types_supported" not in found
    assert "claims_supported" not in found
    configure()
    assert "email" in document()["claims_supported"]


# That it is true


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.spec("OIDC Discovery", "3")
def test_scopes_and_claims_are_those_that_may_be_shown(db: None) -> None:
    hidden = {"show_in_discovery_document": False}
    off = {"enabled": False}
    more = {
        "identity_resources": [{"name": "secret", "user_claims": ["shoe_size"], **hidden}],
        "api_scopes": [{"name": "internal", **hidden}, {"name": "gone", **off}],
    }
    together = {name: [*rows, *more.get(name, [])] for name, rows in RESOURCES.items()}
    writing.write(configuration.parse(together))
    found = document()
    assert set(found["scopes_supported"]) == {
        "openid", "profile", "email", "orders.read", "offline_access",
    }  # fmt: skip
    assert set(found["claims_supported"]) == {
        "sub", "name", "preferred_username", "email", "email_verified", "role",
    }  # fmt: skip


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.parametrize("response_type", RESPONSE_TYPES)
def test_each_response_type_is_answered(code: Party, response_type: str) -> None:
    assert response_type in document()["response_types_supported"]
    scope = "orders.read" if response_type == "token" else "openid"
    if response_type == "code":
        assert "code" in answer_of(code.authorize(scope=scope))
        return
    if response_type == "id_token token":
        scope = "openid orders.read"
    flow = "hybrid" if "code" in response_type.split() else "implicit"
    other = Party(flow, browser=code.browser)
    found = fragment_of(other.authorize(response_type=response_type, scope=scope))
    named = {"token": "access_token"}
    assert {named.get(one, one) for one in response_type.split()} <= found.keys()


@pytest.mark.spec("RFC 8414", "2")
def test_a_response_type_that_is_not_announced_is_refused(code: Party) -> None:
    assert error_of(code.authorize(response_type="none")) == "unsupported_response_type"


@pytest.mark.spec("RFC 8414", "2")
def test_each_response_mode_is_used_and_no_other(code: Party) -> None:
    assert sorted(document()["response_modes_supported"]) == ["form_post", "fragment", "query"]
    assert "code" in answer_of(code.authorize(response_mode="query"))
    assert "code" in fragment_of(code.authorize(response_mode="fragment"))
    page = code.authorize(response_mode="form_post").content.decode()
    assert 'name="code"' in page
    other = code.authorize(response_mode="web_message")
    assert error_of(other) == "unsupported_response_type"


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.spec("RFC 7636", "4.3")
def test_each_way_to_prove_a_code_is_taken(code: Party) -> None:
    verifier = "v" * 43
    methods = document()["code_challenge_methods_supported"]
    assert sorted(methods) == ["S256", "plain"]
    for method in methods:
        pkce = {
            "code_challenge": challenge_of(verifier, method),
            "code_challenge_method": method,
        }
        code.exchange(code.code(**pkce), code_verifier=verifier)
        code.exchange(code.code(**pkce), code_verifier="w" * 43, status=400)
    refused = code.authorize(code_challenge="c" * 43, code_challenge_method="S512")
    assert error_of(refused) == "invalid_request"


@pytest.mark.spec("RFC 8414", "2")
def test_each_grant_is_known_to_the_token_endpoint(code: Party) -> None:
    announced = set(document()["grant_types_supported"])
    assert announced == {
        "authorization_code", "client_credentials", "refresh_token", "implicit", "password",
        DEVICE_CODE,
    }  # fmt: skip
    for grant in announced - {"implicit", "client_credentials"}:
        answer = code.token(status=400, grant_type=grant)
        assert answer["error"] in {"invalid_grant", "invalid_request"}, grant
    assert "access_token" in Party("machine").token(grant_type="client_credentials")
    other = code.token(status=400, grant_type="urn:openid:params:grant-type:ciba")
    assert other["error"] == "unsupported_grant_type"


@pytest.mark.spec("OIDC Discovery", "3")
def test_no_request_objects_are_announced_and_none_is_taken(code: Party) -> None:
    found = document()
    for name in ("request", "request_uri"):
        assert found[f"{name}_parameter_supported"] is False
        refused = code.authorize(**{name: "https://x.example.org/object"})
        assert error_of(refused) == f"{name}_not_supported"


@pytest.mark.spec("OIDC Discovery", "3")
@pytest.mark.spec("OIDC Core", "5.3.2")
def test_userinfo_is_not_signed_and_not_said_to_be(web: Party) -> None:
    assert "userinfo_signing_alg_values_supported" not in document()
    response = web.userinfo(web.tokens()["access_token"])
    assert response.headers["Content-Type"] == "application/json; charset=UTF-8"


@pytest.mark.spec("RFC 8414", "2")
@pytest.mark.parametrize("name", ["token", "revocation", "introspection"])
def test_each_endpoint_takes_the_secret_in_both_ways(code: Party, name: str) -> None:
    methods = document()[f"{name}_endpoint_auth_methods_supported"]
    assert {"client_secret_basic", "client_secret_post"} < set(methods)
    path = document()[f"{name}_endpoint"].removeprefix(ISSUER)
    form = {"grant_type": "client_credentials", "scope": "orders.read", "token": "nothing"}
    identified = {"client_id": "machine", "client_secret": "a-secret-of-the-client"}
    basic = {"authorization": "Basic bWFjaGluZTphLXNlY3JldC1vZi10aGUtY2xpZW50"}
    assert post_form(browser(), path, form | identified).status_code == 200
    assert post_form(browser(), path, form, basic).status_code == 200
    wrong = post_form(browser(), path, form | identified | {"client_secret": "wrong"})
    assert wrong.status_code in {400, 401}


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_who_has_the_document_is_not_sent_it_again(db: None) -> None:
    visitor = browser()
    etag = visitor.get(OAUTH, secure=True).headers["ETag"]
    again = visitor.get(OAUTH, headers={"if-none-match": etag}, secure=True)
    assert again.status_code == 304
    assert again.content == b""
    configure()
    assert visitor.get(OAUTH, headers={"if-none-match": etag}, secure=True).status_code == 200
