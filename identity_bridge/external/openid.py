"""Providers of OpenID Connect: Google, and any other by its issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from . import discovery
from .endpoints import Endpoints
from .errors import AnswerUnusable, ExternalSignInFailed, TokenInvalid
from .profile import Profile, address_of, is_true, key_of, text_of

if TYPE_CHECKING:
    from .transport import Connection

MAX_TOKEN_CHARACTERS = 64 * 1024
LEEWAY = 120
"""Seconds that the clocks may differ."""


def endpoints(connection: Connection) -> Endpoints:
    """Return where the provider is talked to.

    :raises ExternalSignInFailed:
    """
    found = discovery.metadata(connection)
    return Endpoints(
        authorization=found.authorization_endpoint,
        token=found.token_endpoint,
        authentication=found.authentication if connection.provider.client_secret else "none",
        issuer=found.issuers[0],
        sends_issuer=found.sends_issuer,
    )


@sensitive_variables("token", "nonce")
def profile(connection: Connection, token: dict[str, Any], *, nonce: str) -> Profile:
    """Return whom the ID token names; what it leaves out is asked at the userinfo endpoint.

    :raises ExternalSignInFailed:
    """
    metadata = discovery.metadata(connection)
    claims = _checked_claims(connection, metadata, token, nonce)
    key_claim = connection.provider.key_claim
    if not {key_claim, "email", "name"} <= claims.keys() and metadata.userinfo_endpoint:
        claims = _with_userinfo(connection, metadata, claims)
    email = address_of(claims.get("email"))
    return Profile(
        key=key_of(claims, key_claim),
        name=text_of(claims.get("name")),
        email=email,
        email_verified=bool(email) and is_true(claims.get("email_verified")),
    )


@sensitive_variables("token", "nonce", "given")
def _checked_claims(
    connection: Connection, metadata: discovery.Metadata, token: dict[str, Any], nonce: str
) -> dict[str, Any]:
    """Check the ID token (OpenID Connect Core, section 3.1.3.7); its claims."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    given = token.get("id_token")
    if not isinstance(given, str) or len(given) > MAX_TOKEN_CHARACTERS or not given.isascii():
        raise TokenInvalid("there is no ID token")
    expected = {
        "iss": {"essential": True, "values": list(metadata.issuers)},
        "aud": {"essential": True, "value": connection.provider.client_id},
        "sub": {"essential": True},
    }
    parameters = {
        "nonce": nonce,
        "client_id": connection.provider.client_id,
        "access_token": token["access_token"],
    }
    try:
        decoded = _verified(connection, metadata, given)
        claims = CodeIDToken(decoded.claims, decoded.header, expected, parameters)
        claims.validate(leeway=LEEWAY)
    except ExternalSignInFailed:
        raise
    except (JoseError, AuthlibBaseError) as error:
        raise TokenInvalid(f"{type(error).__name__} {getattr(error, 'error', '')}") from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise TokenInvalid(type(error).__name__) from None
    return dict(claims)


@sensitive_variables("given")
def _verified(connection: Connection, metadata: discovery.Metadata, given: str) -> Any:
    """Verify the signature; a key nobody knows is looked for once more at the provider."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    def decoded(fresh: bool) -> Any:
        key_set = KeySet.import_key_set(discovery.keys(connection, metadata, fresh=fresh))
        registry = JWSRegistry(algorithms=list(metadata.algorithms), strict_check_header=False)
        return jwt.decode(given, key_set, registry=registry)

    try:
        return decoded(fresh=False)
    except InvalidKeyIdError:
        return decoded(fresh=True)


def _with_userinfo(
    connection: Connection, metadata: discovery.Metadata, claims: dict[str, Any]
) -> dict[str, Any]:
    found = connection.get_json(metadata.userinfo_endpoint, signed_in=True)
    if not isinstance(found, dict):
        raise AnswerUnusable("the userinfo endpoint gave no JSON object")
    if found.get("sub") != claims["sub"]:  # OpenID Connect Core, section 5.3.2
        raise TokenInvalid("the userinfo endpoint names another subject")
    return found | claims
