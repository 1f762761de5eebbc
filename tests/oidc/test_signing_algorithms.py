"""ID tokens of every algorithm, read by PyJWT with the published keys, their hashes made here."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from identity_bridge.models import User
from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS

from .parties import ISSUER, Party, configure, fragment_of, web_client

JWKS = "/.well-known/openid-configuration/jwks"
#: RFC 7518, section 3.1; for Ed25519 the hash inside of it (RFC 8032, section 5.1).
HASHES = {
    "RS256": "sha256",
    "RS384": "sha384",
    "RS512": "sha512",
    "PS256": "sha256",
    "PS384": "sha384",
    "PS512": "sha512",
    "ES256": "sha256",
    "ES384": "sha384",
    "ES512": "sha512",
    "EdDSA": "sha512",
}
HYBRID = {
    "allowed_grant_types": ["hybrid"],
    "allow_access_tokens_via_browser": True,
}

Bridge = Callable[..., None]


def test_every_algorithm_is_looked_at() -> None:
    assert set(HASHES) == set(ALGORITHMS)


def half_hash(text: str, algorithm: str) -> str:
    digest = hashlib.new(HASHES[algorithm], text.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def read(party: Party, token: str, algorithm: str) -> dict[str, Any]:
    """Return what an ID token says, as a client reads it that takes this algorithm only."""
    published = jwt.PyJWKSet.from_dict(party.browser.get(JWKS, secure=True).json())
    header = jwt.get_unverified_header(token)
    assert header["alg"] == algorithm
    key = published[header["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=[algorithm], audience=party.client_id, issuer=ISSUER
    )
    return claims


@pytest.mark.spec("OIDC Core", "2")
@pytest.mark.spec("OIDC Core", "3.1.3.6")
@pytest.mark.spec("OIDC Core", "3.3.2.11")
@pytest.mark.spec("RFC 7518", "3.1")
@pytest.mark.parametrize("algorithm", HASHES)
def test_a_client_reads_tokens_of_its_algorithm(algorithm: str, user: User, bridge: Bridge) -> None:
    first = "ES256" if algorithm != "ES256" else "ES384"
    bridge(OIDC_SIGNING_ALGORITHMS=(first, algorithm))
    own = {"allowed_identity_token_signing_algorithms": [algorithm]}
    configure(web_client("own", **own), web_client("hybrid", **own, **HYBRID))
    party = Party("own")
    party.sign_in("ada")
    tokens = party.tokens()
    claims = read(party, tokens["id_token"], algorithm)
    assert claims["nonce"] == "n-1"
    assert claims["at_hash"] == half_hash(tokens["access_token"], algorithm)
    assert "c_hash" not in claims

    hybrid = Party("hybrid", browser=party.browser)
    answer = fragment_of(hybrid.authorize(response_type="code id_token token"))
    claims = read(hybrid, answer["id_token"], algorithm)
    assert claims["c_hash"] == half_hash(answer["code"], algorithm)
    assert claims["at_hash"] == half_hash(answer["access_token"], algorithm)
    later = hybrid.exchange(answer["code"])
    claims = read(hybrid, later["id_token"], algorithm)
    assert claims["at_hash"] == half_hash(later["access_token"], algorithm)


@pytest.mark.spec("OIDC Core", "10.1")
def test_clients_of_one_server_have_an_algorithm_each(user: User, bridge: Bridge) -> None:
    bridge(OIDC_SIGNING_ALGORITHMS=("ES256", "ES384", "EdDSA"))
    allowed = {
        "any": ([], "ES256"),
        "one": (["EdDSA"], "EdDSA"),
        # The server's order, not the client's.
        "two": (["EdDSA", "ES384"], "ES384"),
        "also-unknown": (["RS256", "ES384"], "ES384"),
    }
    configure(
        *(
            web_client(client_id, allowed_identity_token_signing_algorithms=algorithms)
            for client_id, (algorithms, _expected) in allowed.items()
        )
    )
    party = Party()
    party.sign_in("ada")
    for client_id, (_algorithms, expected) in allowed.items():
        own = Party(client_id, browser=party.browser)
        tokens = own.tokens()
        assert read(own, tokens["id_token"], expected)["sub"] == str(user.pk)
        # Who the ID token is for says nothing about the API that the access token is for.
        assert jwt.get_unverified_header(tokens["access_token"])["alg"] == "ES256"


@pytest.mark.spec("OIDC Core", "3.1.3.7")
def test_a_changed_token_is_no_token(web: Party) -> None:
    """The library looks at signatures: without that nothing above would prove anything."""
    token = web.tokens()["id_token"]
    head, body, signature = token.split(".")
    other = "A" if signature[0] != "A" else "B"
    with pytest.raises(jwt.InvalidSignatureError):
        read(web, f"{head}.{body}.{other}{signature[1:]}", "RS256")
