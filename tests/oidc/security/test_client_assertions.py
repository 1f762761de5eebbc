"""``private_key_jwt`` (RFC 7523): one key, one audience, a short life, used once."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from jwcrypto.common import base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from identity_bridge.oidc import clock
from tests.oidc.parties import ISSUER, browser, configure, machine_client, post_form

KEY = JWK.generate(kty="RSA", size=2048, kid="k1", use="sig", alg="RS256")
OTHER = JWK.generate(kty="RSA", size=2048, kid="k1", use="sig", alg="RS256")
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(autouse=True)
def robot(db: None, bridge: Any) -> None:
    """A client that signs, and as many wrong attempts as the tests want to make."""
    bridge(RATE_LIMIT_PER_ADDRESS=(0, 0), RATE_LIMIT_PER_ACCOUNT=(0, 0))
    public = KEY.export_public()
    configure(
        machine_client("robot", client_secrets=[{"type": "JWK", "value": public}]),
        machine_client("twin", client_secrets=[{"type": "JWK", "value": public}]),
    )


def claims(**changes: Any) -> dict[str, Any]:
    now = clock.seconds()
    fine = {"iss": "robot", "sub": "robot", "aud": ISSUER, "exp": now + 60, "iat": now}
    found = fine | {"jti": secrets.token_hex(8)} | changes
    return {name: value for name, value in found.items() if value is not None}


def signed(said: dict[str, Any], *, key: JWK = KEY, **header: Any) -> str:
    token = JWS(json.dumps(said).encode())
    token.add_signature(key, None, json.dumps({"alg": "RS256", "kid": "k1"} | header))
    return str(token.serialize(compact=True))


def forged(said: dict[str, Any], header: Any) -> str:
    """Return a token with any header; nothing has signed it."""
    parts = (json.dumps(header), json.dumps(said), "signature")
    return ".".join(base64url_encode(part) for part in parts)


def ask(assertion: str, **form: str) -> Any:
    given = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    return post_form(browser(), "/connect/token", given | {"client_assertion": assertion} | form)


@pytest.mark.spec("RFC 7523", "3")
def test_a_good_assertion_gets_a_token_once() -> None:
    assertion = signed(claims())
    assert ask(assertion).status_code == 200
    assert ask(assertion).json() == {"error": "invalid_client"}


@pytest.mark.spec("RFC 7523", "3")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "twin"},
        {"sub": "twin"},
        {"iss": None},
        {"aud": "https://other.example.org"},
        {"aud": None},
        {"aud": []},
        {"aud": {"https": 1}},
        {"aud": [ISSUER + "/"]},
        {"exp": None},
        {"exp": 1},
        {"exp": 10**11},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": []},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": 10**10},
        {"nbf": "soon"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 2000},
    ],
    ids=str,
)
def test_an_assertion_that_does_not_say_what_it_has_to_is_refused(changes: dict[str, Any]) -> None:
    assert ask(signed(claims(**changes))).json() == {"error": "invalid_client"}


@pytest.mark.parametrize("aud", [ISSUER, f"{ISSUER}/connect/token", [ISSUER, "x"]], ids=str)
def test_the_issuer_and_the_token_endpoint_are_audiences(aud: Any) -> None:
    assert ask(signed(claims(aud=aud))).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": ["RS256"]},
        {"alg": {"RS256": 1}},
        {"alg": None},
        {"alg": 256},
        {},
        [],
        "RS256",
        {"alg": "RS256", "kid": ["k1"]},
        {"alg": "RS256", "kid": {"k": 1}},
    ],
    ids=str,
)
@pytest.mark.spec("RFC 8725", "3.1")
def test_an_algorithm_of_any_type_is_refused(header: Any) -> None:
    assert ask(forged(claims(), header)).status_code == 400


@pytest.mark.spec("RFC 8725", "3.1")
def test_the_public_key_is_no_secret_for_an_hmac() -> None:
    """The old confusion: HS256 with the text of the RSA key."""
    key = JWK(kty="oct", k=base64url_encode(KEY.export_public()))
    assert ask(signed(claims(), key=key, alg="HS256")).json() == {"error": "invalid_client"}


@pytest.mark.parametrize("extra", ["jwk", "jku", "x5u", "crit"])
@pytest.mark.spec("RFC 8725", "3.10")
def test_a_key_that_the_token_brings_along_is_not_used(extra: str) -> None:
    value: Any = OTHER.export_public(as_dict=True) if extra == "jwk" else "https://evil.test/keys"
    if extra == "crit":
        assertion = forged(claims(), {"alg": "RS256", "kid": "k1", "crit": ["exp"], "exp": 1})
    else:
        assertion = signed(claims(), key=OTHER, **{extra: value})
    assert ask(assertion).json() == {"error": "invalid_client"}


@pytest.mark.parametrize(
    "subject",
    ["", "x" * 101, "nobody", "\ud800", "ro\0bot", "\U0010ffff", 7, None, ["robot"], {"a": 1}],
    ids=repr,
)
def test_a_subject_of_any_text_is_refused(subject: Any) -> None:
    assert ask(signed(claims(sub=subject, iss=subject))).status_code == 400


@pytest.mark.parametrize("assertion", ["", ".", "..", "a.b.c", "a" * 60_000, "é.é.é", "{}"])
def test_what_is_no_token_is_refused(assertion: str) -> None:
    assert ask(assertion).status_code == 400


def test_one_client_does_not_use_up_the_ids_of_another() -> None:
    jti = secrets.token_hex(8)
    assert ask(signed(claims(jti=jti))).status_code == 200
    other = signed(claims(jti=jti, iss="twin", sub="twin"))
    assert ask(other).status_code == 200
