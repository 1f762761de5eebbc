"""Tokens that we have not signed, not so, or not for this: none opens anything."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol.token_contents import STAMP_CLAIM
from tests.oidc.parties import API_SECRET, ISSUER, Party, claims_of, header_of, post_form

from .surface import encoded, forged, fuzzed, send

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "a"]),
    st.sampled_from(["RS256", "none", "HS256", "at+jwt", "JWT", ["b64"], ["exp"]]) | json_values,
)
EXPIRIES = ["soon", [1], {}, True, 1e400, float("nan"), -1, "9" * 30, 10**400, None]


def accepted_anywhere(party: Party, token: str) -> list[str]:
    """Return where the token was taken for an access token of ours; no answer is a 500."""
    taken = []
    response = party.userinfo(token)
    assert response.status_code < 500
    if response.status_code == 200:
        taken.append("userinfo")
    pair = b64encode(f"orders:{API_SECRET}".encode()).decode()
    response = post_form(
        party.browser, "/connect/introspect", {"token": token}, {"authorization": f"Basic {pair}"}
    )
    assert response.status_code == 200
    if response.json() != {"active": False}:
        taken.append("introspection")
    return taken


def signed_with(key: JWK, claims: dict[str, Any], **header: Any) -> str:
    token = JWS(json.dumps(claims))
    protected = {"alg": "RS256", "typ": "at+jwt"} | header
    token.add_signature(key, None, json.dumps(protected))
    return str(token.serialize(compact=True))


def living(party: Party) -> dict[str, Any]:
    """Return the claims of an access token that is good."""
    return claims_of(party.tokens(scope="openid orders.read")["access_token"])


def test_a_token_that_we_signed_is_taken_where_it_belongs(everybody: Party) -> None:
    """What the other tests refuse must be refused for its fault, and not for anything else."""
    token = jwt.sign(living(everybody), typ="at+jwt")
    assert accepted_anywhere(everybody, token) == ["userinfo", "introspection"]


@pytest.mark.parametrize("name", ["scope", "sid", "client_id", "sub", STAMP_CLAIM, "exp"])
def test_whoever_holds_an_imported_key_gets_no_500(
    everybody: Party, bridge: Callable[..., None], name: str
) -> None:
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    claims, key = living(everybody), ring.signing_key()
    for value in (5, None, [5], ["a", {}], {"a": 1}, "\ud800", "\0", True, 1.5, "x" * 5000):
        token = signed_with(key.private, claims | {name: value}, kid=key.key_id)
        accepted_anywhere(everybody, token)


@pytest.mark.spec("RFC 8725", "3.1")
def test_an_unsigned_token_is_none(everybody: Party) -> None:
    claims = living(everybody)
    for algorithm in ("none", "None", "NONE", ""):
        header = {"alg": algorithm, "typ": "at+jwt", "kid": ring.signing_key().key_id}
        for signature in ("", "AAAA"):
            assert accepted_anywhere(everybody, forged(header, claims, signature)) == []


@pytest.mark.spec("RFC 8725", "3.1")
def test_our_public_key_is_no_secret_to_sign_with(everybody: Party) -> None:
    """The classic: RS256 made HS256, with the public key as the secret."""
    key = ring.signing_key()
    for octets in (key.public.export_to_pem(), json.dumps(key.public_jwk).encode()):
        secret = JWK(
            kty="oct", k=b64encode(octets).decode().rstrip("=").translate({43: 45, 47: 95})
        )
        token = signed_with(secret, living(everybody), alg="HS256", kid=key.key_id)
        assert accepted_anywhere(everybody, token) == []


@pytest.mark.spec("RFC 8725", "3.10")
def test_a_key_in_the_header_is_not_believed(everybody: Party) -> None:
    own = JWK.generate(kty="RSA", size=2048, kid=ring.signing_key().key_id)
    public = own.export_public(as_dict=True)
    for header in ({"jwk": public}, {"jku": f"{ISSUER}/keys"}, {"x5u": f"{ISSUER}/cert"}):
        token = signed_with(own, living(everybody), kid=own["kid"], **header)
        assert accepted_anywhere(everybody, token) == []


@pytest.mark.spec("RFC 7515", "4.1.11")
def test_an_extension_that_we_do_not_know_ends_the_token(everybody: Party) -> None:
    """RFC 7515, section 4.1.11: ``crit`` must be understood or the token refused."""
    key = ring.signing_key()
    payload = encoded(living(everybody))
    for critical in (["exp"], ["urn:odd"], "exp", [1]):
        protected = encoded(
            {"alg": "RS256", "kid": key.key_id, "typ": "at+jwt", "crit": critical, "urn:odd": 1}
        )
        signature = _raw_signature(key.private, f"{protected}.{payload}")
        assert accepted_anywhere(everybody, f"{protected}.{payload}.{signature}") == []


def _raw_signature(key: JWK, text: str) -> str:
    """Return an RS256 signature that no library would make."""
    private: Any = key.get_op_key("sign")
    return urlsafe_b64encode(private.sign(text.encode(), PKCS1v15(), SHA256())).decode().rstrip("=")


@fuzzed
@given(header=headers, claims=json_values, signature=st.text("AZ_-.=", max_size=8))
def test_no_token_is_answered_with_500(
    everybody: Party, header: dict[str, Any], claims: Any, signature: str
) -> None:
    ours = {"alg": "RS256", "kid": ring.signing_key().key_id, "typ": "at+jwt"}
    for head in (header, ours | header):
        assert accepted_anywhere(everybody, forged(head, claims, signature)) == []


@pytest.mark.parametrize("deep", [50, 200, 900, 20_000])
def test_a_nested_token_is_refused(everybody: Party, deep: int) -> None:
    nested = '{"alg":"RS256","a":' + "[" * deep + "]" * deep + "}"
    assert accepted_anywhere(everybody, f"{encoded(nested)}.{encoded(nested)}.AAAA") == []


def test_no_depth_of_nesting_is_answered_with_500(everybody: Party) -> None:
    """A header may be read at one depth of the stack, and again at a deeper one."""
    start = f'{{"alg":"RS256","typ":"at+jwt","kid":"{ring.signing_key().key_id}","a":'
    for deep in range(600, 1000, 2):
        nested = encoded(start + "[" * deep + "]" * deep + "}")
        assert everybody.userinfo(f"{nested}.e30.AAAA").status_code == 401, deep


def test_a_huge_token_is_refused(everybody: Party) -> None:
    token = forged({"alg": "RS256", "kid": ring.signing_key().key_id}, {"a": "A" * 60_000})
    assert accepted_anywhere(everybody, token) == []


@pytest.mark.parametrize("other", ["id_token", "logout_token", "introspection"])
def test_other_tokens_of_ours_are_no_access_tokens(everybody: Party, other: str) -> None:
    """RFC 9068, section 4: the ``typ`` tells them apart."""
    claims = living(everybody)
    typ = {"id_token": "JWT", "logout_token": "logout+jwt"}.get(other, "token-introspection+jwt")
    assert accepted_anywhere(everybody, jwt.sign(claims, typ=typ)) == []
    assert accepted_anywhere(everybody, everybody.tokens()["id_token"]) == []


def disguised(token: str, header: dict[str, Any]) -> str:
    """Return a token in JSON serialization whose first key looks like the header of a compact one.

    base64 decoders pass over the braces and quotes; two dots are there too.
    """
    protected, payload, signature = token.split(".")
    rest = {"payload": payload, "protected": protected, "signature": signature}
    shown = next(
        encoded(header | {"p": "p" * more})
        for more in range(4)
        if len(encoded(header | {"p": "p" * more})) % 4 == 0
    )
    return f'{{   "{shown}":"..",{json.dumps(rest, separators=(",", ":"))[1:]}'


def test_a_header_beside_the_signed_one_is_not_believed(everybody: Party) -> None:
    """The header that is looked at has to be the header that was signed."""
    header = header_of(everybody.tokens()["id_token"])
    token = jwt.sign(living(everybody), typ="JWT")
    disguise = disguised(token, header | {"typ": "at+jwt"})
    found = jwt.verify_ours(disguise)
    assert found is None or found.header["typ"] == "JWT"


@pytest.mark.spec("RFC 8725", "3.12")
def test_an_id_token_in_disguise_is_no_access_token(everybody: Party) -> None:
    token = everybody.tokens()["id_token"]
    header = header_of(token)
    assert accepted_anywhere(everybody, disguised(token, header | {"typ": "at+jwt"})) == []


@pytest.mark.spec("RFC 8725", "3.12")
def test_an_access_token_in_disguise_is_no_id_token_hint(everybody: Party) -> None:
    """Signing out without a question is for who has the ID token; APIs have access tokens."""
    claims = living(everybody) | {"aud": "web"}
    token = jwt.sign(claims, typ="at+jwt")
    disguise = disguised(token, header_of(token) | {"typ": "JWT"})
    response = everybody.browser.get(
        "/connect/endsession", {"id_token_hint": disguise}, secure=True, follow=True
    )
    assert b"Do you want to sign out" in response.content


def test_an_id_token_is_no_access_token_where_both_have_the_same_type(
    everybody: Party, bridge: Any
) -> None:
    """IdentityServer before 4 wrote ``JWT`` into both, and a project may have kept it."""
    bridge(OIDC_ACCESS_TOKEN_TYPE="JWT")
    assert accepted_anywhere(everybody, everybody.tokens()["id_token"]) == []


@pytest.mark.spec("RFC 8725", "3.8")
def test_tokens_of_another_issuer_are_refused(everybody: Party) -> None:
    token = jwt.sign(living(everybody) | {"iss": "https://evil.test"}, typ="at+jwt")
    assert accepted_anywhere(everybody, token) == []


@pytest.mark.spec("RFC 9700", "4.3.2")
def test_an_access_token_in_the_query_is_not_read(everybody: Party) -> None:
    """RFC 9700, section 4.3.2: it would stand in logs and in the Referer."""
    token = everybody.tokens()["access_token"]
    visitor = everybody.browser
    assert visitor.get("/connect/userinfo", {"access_token": token}, secure=True).status_code == 401
    posted = visitor.post(f"/connect/userinfo?access_token={token}", secure=True)
    assert posted.status_code == 401
    form = send(visitor, "/connect/userinfo", f"access_token={token}")
    assert form.status_code == 200  # there it may stand, so the token itself was good
