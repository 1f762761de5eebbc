"""Access tokens and ID tokens, made of what was granted."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.grants import reference_tokens
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol import errors, token_contents
from identity_bridge.oidc.protocol.configuration import AccessTokenType
from identity_bridge.oidc.protocol.errors import ProtocolError

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.interaction import SignedIn
    from identity_bridge.oidc.protocol.resources import GrantedResources


logger = logging.getLogger("identity_bridge.oidc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a token is about; nobody, where a client asks for itself."""

    user: AbstractIdentityUser | None = None
    signed_in: SignedIn | None = None


NOBODY = Bearer()
NO_ALGORITHM = "none in common"


def user_claims(bearer: Bearer, *, client: Client, requested: Sequence[str]) -> dict[str, Any]:
    """Return the claims of the profile that were asked for; no statement where none was."""
    wanted = set(requested) - token_contents.PROTOCOL_CLAIMS
    if bearer.user is None or not wanted:
        return {}
    found = get_adapter().get_claims(user=bearer.user, client=client, requested=wanted)
    return token_contents.profile_claims(found)


def access_token(
    *,
    client: Client,
    issuer: str,
    granted: GrantedResources,
    bearer: Bearer,
    profile: Mapping[str, Any],
    family: uuid.UUID | None = None,
    lifetime: int | None = None,
) -> str:
    """Return a JWT (RFC 9068) or the handle of a reference token, as the client is set."""
    settings = get_settings()
    audiences = list(granted.audiences)
    if settings.OIDC_EMIT_STATIC_AUDIENCE_CLAIM:
        audiences.append(f"{issuer}/resources")
    is_reference = client.access_token_type == AccessTokenType.REFERENCE
    claims = token_contents.access_token(
        client=client,
        issuer=issuer,
        scopes=granted.scopes,
        audiences=audiences,
        signed_in=bearer.signed_in,
        user_claims=profile,
        jwt_id=new_jwt_id() if client.include_jwt_id else None,
        now=clock.seconds(),
        lifetime=lifetime,
    )
    if is_reference:
        return reference_tokens.give_out(claims, client=client, user=bearer.user, family=family)
    if bearer.user is not None and settings.OIDC_TOKENS_END_WITH_SECURITY_STAMP:
        claims[token_contents.STAMP_CLAIM] = security_stamp.short_digest(bearer.user)
    if settings.OIDC_EMIT_SCOPES_AS_SPACE_DELIMITED_STRING:
        claims["scope"] = " ".join(claims["scope"])
    algorithm = _algorithm(granted.api_resources)
    return jwt.sign(claims, typ=settings.OIDC_ACCESS_TOKEN_TYPE, algorithm=algorithm)


def id_token(
    *,
    client: Client,
    issuer: str,
    bearer: Bearer,
    profile: Mapping[str, Any],
    nonce: str | None,
    access_token: str | None = None,
    code: str | None = None,
    state_hash: str | None = None,
) -> str:
    """Return an ID token, signed with an algorithm that the client allows."""
    assert bearer.signed_in is not None  # noqa: S101 - who has none gets no ID token
    algorithm = _id_token_algorithm(client)
    claims = token_contents.id_token(
        client=client,
        issuer=issuer,
        signed_in=bearer.signed_in,
        user_claims=profile,
        nonce=nonce,
        algorithm=algorithm,
        access_token=access_token,
        code=code,
        state_hash=state_hash,
        now=clock.seconds(),
    )
    return jwt.sign(claims, typ="JWT", algorithm=algorithm)


def state_hash(state: str | None, *, client: Client) -> str | None:
    """Return what ID tokens say of the ``state`` of their request, None for nothing."""
    if not state or not get_settings().OIDC_EMIT_STATE_HASH:
        return None
    return token_contents.half_hash(state, _id_token_algorithm(client))


def new_jwt_id() -> str:
    """Return a ``jti``: 16 random bytes in upper-case hexadecimal digits."""
    return secrets.token_hex(16).upper()


def _id_token_algorithm(client: Client) -> str:
    return _first_available(client.allowed_identity_token_signing_algorithms)


def _algorithm(resources: Iterable[Any]) -> str:
    """Return an algorithm that all APIs allow; one that names none allows all.

    :raises ProtocolError: there is none
    """
    lists = [
        resource.allowed_access_token_signing_algorithms
        for resource in resources
        if resource.allowed_access_token_signing_algorithms
    ]
    if not lists:
        return _first_available(())
    common = [name for name in lists[0] if all(name in other for other in lists[1:])]
    return _first_available(common or [NO_ALGORITHM])


def _first_available(allowed: Sequence[str]) -> str:
    """Return the first of our algorithms that is allowed; an empty list allows all.

    :raises ProtocolError: we have none of them. Another one is no way out: whoever takes the token
        has said which it trusts (DefaultTokenCreationService refuses too).
    """
    configured = get_settings().OIDC_SIGNING_ALGORITHMS
    found = next((name for name in configured if not allowed or name in allowed), None)
    if found is None:
        logger.error("event=no_signing_algorithm allowed=%s", ascii(" ".join(allowed)))
        raise ProtocolError(errors.INVALID_REQUEST, "No signing algorithm fits the request")
    return found
