"""What stands in the tokens: ID tokens, access tokens (RFC 9068), logout tokens, introspection.

Claim names, types and rules are those of IdentityServer's DefaultTokenService.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512
from typing import Any, Final

from .configuration import Client
from .interaction import SignedIn

ACCESS_TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - the typ header of RFC 9068
LOGOUT_TOKEN_TYPE: Final = "logout+jwt"  # noqa: S105
INTROSPECTION_TYPE: Final = "token-introspection+jwt"
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_LIFETIME: Final = 300

#: Digest of the security stamp, in JWTs about users where tokens end with the stamp.
STAMP_CLAIM: Final = "security_stamp_hash"

#: Claims that only the server sets: a profile or a client that has one of them is not heard.
PROTOCOL_CLAIMS: Final = frozenset(
    [
        "at_hash",
        "aud",
        "amr",
        "auth_time",
        "azp",
        "c_hash",
        "client_id",
        "exp",
        "idp",
        "iat",
        "iss",
        "jti",
        "nonce",
        "nbf",
        "reference_token_id",
        "sid",
        "sub",
        "scope",
        "cnf",
        "s_hash",
        "acr",
        "active",
        STAMP_CLAIM,
        "token_type",
    ]
)


@dataclass(frozen=True, slots=True)
class TypedClaim:
    """A claim as JSON has it: text, a boolean, a number, an object."""

    type: str
    value: Any


def merge_claims(claims: Iterable[TypedClaim]) -> dict[str, Any]:
    """Return one member per type: a value, or a list where there are several; doubles once."""
    merged: dict[str, list[Any]] = {}
    for claim in claims:
        values = merged.setdefault(claim.type, [])
        if claim.value not in values:
            values.append(claim.value)
    return {name: values[0] if len(values) == 1 else values for name, values in merged.items()}


def profile_claims(claims: Iterable[TypedClaim]) -> dict[str, Any]:
    """Return what a profile adds to a token: everything but what only the server may say."""
    return merge_claims(claim for claim in claims if claim.type not in PROTOCOL_CLAIMS)


def authentication_claims(signed_in: SignedIn) -> dict[str, Any]:
    """Return who and how, as every token about a user says it."""
    claims: dict[str, Any] = {
        "sub": signed_in.subject,
        "auth_time": signed_in.auth_time,
        "idp": signed_in.idp,
        "amr": list(signed_in.amr),
    }
    if signed_in.acr:
        claims["acr"] = signed_in.acr
    if signed_in.session_id:
        claims["sid"] = signed_in.session_id
    return claims


def client_claims(client: Client, *, about_user: bool) -> dict[str, Any]:
    """Return the claims of the client itself, under its prefix."""
    if about_user and not client.always_send_client_claims:
        return {}
    prefix = client.client_claims_prefix
    return profile_claims(TypedClaim(prefix + one.type, one.value) for one in client.claims)


def access_token(
    *,
    client: Client,
    issuer: str,
    scopes: Sequence[str],
    audiences: Sequence[str],
    signed_in: SignedIn | None,
    user_claims: Mapping[str, Any],
    jwt_id: str | None,
    now: int,
    lifetime: int | None = None,
) -> dict[str, Any]:
    """Return the claims of an access token; ``user_claims`` come from ``profile_claims``."""
    claims: dict[str, Any] = {
        **client_claims(client, about_user=signed_in is not None),
        **user_claims,
        "iss": issuer,
        "nbf": now,
        "iat": now,
        "exp": now + (client.access_token_lifetime if lifetime is None else lifetime),
        "client_id": client.client_id,
        "scope": list(scopes),
    }
    if audiences:
        claims["aud"] = audiences[0] if len(audiences) == 1 else list(audiences)
    if signed_in is not None:
        claims |= authentication_claims(signed_in)
    if jwt_id is not None:
        claims["jti"] = jwt_id
    return claims


def id_token(
    *,
    client: Client,
    issuer: str,
    signed_in: SignedIn,
    user_claims: Mapping[str, Any],
    nonce: str | None,
    algorithm: str,
    access_token: str | None = None,
    code: str | None = None,
    state_hash: str | None = None,
    now: int,
) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core, sections 2 and 3.3.2.11).

    ``state_hash`` comes from ``half_hash``: the state itself is gone when a code is exchanged.
    """
    claims: dict[str, Any] = {
        **user_claims,
        "iss": issuer,
        "nbf": now,
        "iat": now,
        "exp": now + client.identity_token_lifetime,
        "aud": client.client_id,
        **authentication_claims(signed_in),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if access_token is not None:
        claims["at_hash"] = half_hash(access_token, algorithm)
    if code is not None:
        claims["c_hash"] = half_hash(code, algorithm)
    if state_hash is not None:
        claims["s_hash"] = state_hash
    return claims


def half_hash(text: str, algorithm: str) -> str:
    """Return the left half of the hash that the signing algorithm uses (section 3.1.3.6)."""
    digest = {"384": sha384, "512": sha512}.get(algorithm[-3:], sha256)
    if algorithm == "EdDSA":
        digest = sha512
    hashed = digest(text.encode()).digest()
    return urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()


def logout_token(
    *,
    client: Client,
    issuer: str,
    subject: str,
    session_id: str,
    reason: str,
    jwt_id: str,
    now: int,
) -> dict[str, Any]:
    """Return the claims of a logout token (OpenID Connect Back-Channel Logout, section 2.4)."""
    return {
        "iss": issuer,
        "nbf": now,
        "iat": now,
        "exp": now + LOGOUT_TOKEN_LIFETIME,
        "aud": client.client_id,
        "jti": jwt_id,
        "events": {LOGOUT_EVENT: {}},
        "sub": subject,
        "sid": session_id,
        "logout_reason": reason,
    }


def introspection(
    claims: Mapping[str, Any], *, scopes: Iterable[str], token_type: str | None = None
) -> dict[str, Any]:
    """Return the answer about a live access token (RFC 7662): its claims, ``scope`` as one text."""
    answer = {name: _collapsed(value) for name, value in claims.items() if name != "scope"}
    if token_type is not None:
        answer["token_type"] = token_type
    return answer | {"active": True, "scope": " ".join(scopes)}


def _collapsed(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
