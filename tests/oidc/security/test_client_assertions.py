"""``private_key_jwt`` and ``client_secret_jwt`` (RFC 7523): one key, one audience, used once."""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any

import pytest
from jwcrypto.common import base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from identity_bridge.oidc import clock
from identity_bridge.oidc.keys import material
from identity_bridge.oidc.protocol import shared_secrets
from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS, SYMMETRIC
from tests.oidc.parties import ISSUER, browser, configure, machine_client, post_form

KEY = JWK.generate(kty="RSA", size=2048, kid="k1", use="sig", alg="RS256")
OTHER = JWK.generate(kty="RSA", size=2048, kid="k1", use="sig", alg="RS256")
SECRET = "a secret of sixty-four octets, for HS512 wants as many as SHA-512"
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


def test_the_token_endpoint_of_an_issuer_with_a_slash_is_an_audience(bridge: Any) -> None:
    bridge(OIDC_ISSUER=f"{ISSUER}/")
    announced = browser().get("/.well-known/openid-configuration", secure=True).json()
    assert announced["token_endpoint"] == f"{ISSUER}/connect/token"
    for aud in (announced["token_endpoint"], announced["issuer"]):
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


@pytest.mark.spec("OIDC Core", "9")
@pytest.mark.spec("RFC 8037", "3.1")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_is_taken_from_the_key_that_fits_it(algorithm: str) -> None:
    key = material.generate(algorithm)
    registered = {"type": "JWK", "value": key.export_public()}
    configure(machine_client("robot", client_secrets=[registered]))
    header = {"alg": algorithm, "kid": key["kid"]}
    assertion = signed(claims(), key=key, **header)
    assert ask(assertion).status_code == 200
    assert ask(assertion).json() == {"error": "invalid_client"}
    stranger = signed(claims(), key=material.generate(algorithm), **header)
    assert ask(stranger).json() == {"error": "invalid_client"}


def with_secret(secret: str, **stored: str) -> JWK:
    """Register the client with this secret only; the key that it makes."""
    stored = {"type": "PlainText", "value": secret} | stored
    configure(machine_client("robot", client_secrets=[stored]))
    return material.load_octets(secret.encode())


@pytest.mark.spec("OIDC Core", "9")
@pytest.mark.parametrize("algorithm", SYMMETRIC)
def test_a_mac_with_a_secret_kept_in_clear_gets_a_token_once(algorithm: str) -> None:
    assertion = signed(claims(), key=with_secret(SECRET), alg=algorithm)
    assert ask(assertion).status_code == 200
    assert ask(assertion).json() == {"error": "invalid_client"}
    stranger = material.load_octets(SECRET[::-1].encode())
    wrong = signed(claims(), key=stranger, alg=algorithm)
    assert ask(wrong).json() == {"error": "invalid_client"}


@pytest.mark.spec("RFC 7518", "3.2")
@pytest.mark.parametrize(("octets", "status"), [(32, 200), (31, 400)])
def test_a_secret_that_is_shorter_than_the_hash_makes_no_mac(octets: int, status: int) -> None:
    secret = SECRET[:octets]
    with_secret(secret)
    parts = ({"alg": "HS256"}, claims())
    start = ".".join(base64url_encode(json.dumps(part)) for part in parts)
    mac = hmac.digest(secret.encode(), start.encode(), "sha256")
    assert ask(f"{start}.{base64url_encode(mac)}").status_code == status


def test_the_hash_of_a_secret_is_no_secret_for_a_mac() -> None:
    """Whoever has read the database must not get in with what stands there."""
    stored = shared_secrets.hash_secret(SECRET)
    with_secret(SECRET, type="SharedSecret", value=stored)
    for known in (stored, SECRET):
        key = material.load_octets(known.encode())
        assertion = signed(claims(), key=key, alg="HS256")
        assert ask(assertion).json() == {"error": "invalid_client"}


@pytest.mark.parametrize(("year", "status"), [(2020, 400), (2999, 200)])
def test_an_expired_secret_makes_no_mac(year: int, status: int) -> None:
    key = with_secret(SECRET, expiration=f"{year}-01-01T00:00:00Z")
    assert ask(signed(claims(), key=key, alg="HS256")).status_code == status


@pytest.mark.spec("RFC 8414", "2")
def test_what_is_announced_is_what_is_taken() -> None:
    found = browser().get("/.well-known/openid-configuration", secure=True).json()
    for name in ("token", "revocation", "introspection"):
        methods = found[f"{name}_endpoint_auth_methods_supported"]
        assert {"private_key_jwt", "client_secret_jwt"} <= set(methods)
        taken = found[f"{name}_endpoint_auth_signing_alg_values_supported"]
        assert sorted(taken) == sorted((*ALGORITHMS, *SYMMETRIC))
