"""Access tokens that somebody presents: JWTs and reference tokens, checked against everything that
may have ended them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import reference_tokens
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol import limits
from identity_bridge.oidc.protocol.token_contents import STAMP_CLAIM
from identity_bridge.oidc.sessions import coordination

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.configuration import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A live access token."""

    claims: dict[str, Any]
    scopes: tuple[str, ...]
    client: Client
    user: AbstractIdentityUser | None
    reference_id: int | None = None

    @property
    def subject(self) -> str | None:
        return self.claims.get("sub")

    @property
    def session_id(self) -> str:
        return str(self.claims.get("sid", ""))

    def allows(self, scope: str) -> bool:
        return scope in self.scopes


class Expired(Exception):
    """The token is ours, and its time is over."""


def access_token(text: str, *, skew: int = 0, issuer: str | None = None) -> AccessToken | None:
    """Return the live token; None for one that is unknown, over, revoked, or whose user or client
    may have none any more, or whose session is over where the client's tokens end with it. One or
    two statements, a third that keeps the session alive; a JWT about no user needs none.

    ``skew``: how many seconds a JWT may be over. Reference tokens are never.
    """
    try:
        return find_access_token(text, skew=skew, issuer=issuer)
    except Expired:
        return None


def find_access_token(text: str, *, skew: int = 0, issuer: str | None = None) -> AccessToken | None:
    """As ``access_token``.

    :raises Expired:
    """
    if "." in text:
        return _jwt(text, skew, issuer)
    if not text or len(text) > limits.HANDLE or not text.isascii() or not text.isprintable():
        return None
    return _reference(text)


def _jwt(text: str, skew: int, issuer: str | None) -> AccessToken | None:
    verified = jwt.verify_ours(text)
    if verified is None:
        return None
    claims = verified.claims
    # An ID token or a logout token is no access token (RFC 9068, section 4).
    if verified.header.get("typ") != get_settings().OIDC_ACCESS_TOKEN_TYPE:
        return None
    if issuer is not None and claims.get("iss") != issuer:
        return None
    # An ID token may have the same type, but never says so.
    if not isinstance(claims.get("client_id"), str) or not isinstance(claims.get("exp"), int):
        return None
    if claims["exp"] + skew <= clock.seconds():
        raise Expired
    scopes = claims.get("scope", [])
    scopes = scopes.split() if isinstance(scopes, str) else scopes
    if not isinstance(scopes, list) or not all(isinstance(one, str) for one in scopes):
        return None
    return _live(
        claims,
        tuple(scopes),
        user=_user(claims.get("sub")),
    )


def _reference(text: str) -> AccessToken | None:
    found = reference_tokens.find(text)
    if found is None:
        return None
    if found.is_expired:
        raise Expired
    return _live(
        found.claims,
        tuple(found.claims["scope"]),
        user=found.user,
        stamp=found.stamp,
        reference_id=found.row_id,
    )


def _live(
    claims: dict[str, Any],
    scopes: tuple[str, ...],
    *,
    user: AbstractIdentityUser | None,
    stamp: str | None = None,
    reference_id: int | None = None,
) -> AccessToken | None:
    client = store.find_enabled_client(claims["client_id"])
    if client is None:
        return None
    if "sub" in claims:
        if user is None or not get_adapter().is_active(user=user, client=client):
            return None
        if not _stamp_is_current(user, stamp, claims):
            return None
    session_id, lifetime = (
        str(claims.get("sid", "")),
        timedelta(seconds=client.access_token_lifetime),
    )
    if not coordination.may_go_on(client, session_id, lifetime=lifetime):
        return None
    return AccessToken(
        claims=claims, scopes=scopes, client=client, user=user, reference_id=reference_id
    )


def _stamp_is_current(
    user: AbstractIdentityUser, stamp: str | None, claims: dict[str, Any]
) -> bool:
    if not get_settings().OIDC_TOKENS_END_WITH_SECURITY_STAMP:
        return True
    # A JWT without it is of before the setting was on, and nobody knows what has changed since.
    kept = claims.get(STAMP_CLAIM) if stamp is None else stamp
    return isinstance(kept, str) and kept.isascii() and security_stamp.is_current(user, kept)


def _user(subject: Any) -> AbstractIdentityUser | None:
    if not isinstance(subject, str) or "\0" in subject:  # which PostgreSQL cannot look for
        return None
    return get_adapter().find_by_sub(sub=subject)
