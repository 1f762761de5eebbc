"""Who asks: a client, or an API, proven by a secret or a signed assertion (ClientSecretValidator).

An unknown client, a disabled one, a wrong and an expired secret have the same answer and cost the
same.
"""

from __future__ import annotations

import json
from functools import cache as cache_in_memory
from secrets import randbits as random_bits
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from django.core.cache import cache
from django.views.decorators.debug import sensitive_variables
from jwcrypto.jwk import JWK

from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import material
from identity_bridge.oidc.keys.tokens import verify_with
from identity_bridge.oidc.protocol import errors, shared_secrets
from identity_bridge.oidc.protocol.configuration import GrantType, Secret, SecretType
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.handles import stored_key
from identity_bridge.oidc.protocol.signing_algorithms import ALGORITHMS, SYMMETRIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from identity_bridge.oidc.protocol.configuration import ApiResource, Client

    from .credentials import Credentials

MAX_ASSERTION_LIFETIME = 3600
"""Seconds: a client's ``jti`` has to be remembered that long."""
CLOCK_SKEW = 300


@cache_in_memory
def _no_secrets() -> tuple[Secret, ...]:
    """Return what is compared with where there is nothing to compare with, so that it takes the
    same time: a secret, and a key whose other half nobody has. For RSA any number of its size will
    do."""
    modulus = (1 << 2047) | (random_bits(2046) << 1) | 1
    key = JWK.from_pyca(RSAPublicNumbers(e=65537, n=modulus).public_key())
    return (
        Secret(value=shared_secrets.hash_secret("")),
        Secret(type=SecretType.JSON_WEB_KEY, value=key.export_public()),
    )


@sensitive_variables()
def authenticate_client(
    credentials: Credentials, *, audiences: Sequence[str], allow_public: bool = True
) -> Client:
    """Return the client that the credentials prove.

    :raises ProtocolError: ``invalid_client``
    """
    client = store.find_enabled_client(credentials.client_id)
    secrets = client.client_secrets if client is not None else ()
    proven = _proves(credentials, secrets or _no_secrets(), audiences=audiences)
    if client is None or _is_misconfigured(client):
        raise ProtocolError(errors.INVALID_CLIENT)
    if _needs_no_secret(client):
        if allow_public:
            return client
        raise ProtocolError(errors.INVALID_CLIENT)
    if not proven:
        raise ProtocolError(errors.INVALID_CLIENT)
    return client


@sensitive_variables()
def authenticate_api(credentials: Credentials, *, audiences: Sequence[str]) -> ApiResource | None:
    """Return the API that the credentials prove, None if they prove none."""
    api = store.get_resources().api_resources.get(credentials.client_id)
    secrets = api.api_secrets if api is not None and api.enabled else ()
    proven = _proves(credentials, secrets or _no_secrets(), audiences=audiences)
    return api if proven and secrets else None


def _needs_no_secret(client: Client) -> bool:
    implicit_only = client.allowed_grant_types == frozenset({GrantType.IMPLICIT})
    return not client.require_client_secret or implicit_only


def _is_misconfigured(client: Client) -> bool:
    """Tell if everybody could get tokens for this client itself."""
    return not client.require_client_secret and client.allows(GrantType.CLIENT_CREDENTIALS)


@sensitive_variables()
def _proves(
    credentials: Credentials, secrets: Sequence[Secret], *, audiences: Sequence[str]
) -> bool:
    if credentials.assertion:
        return _is_assertion(credentials, secrets, audiences=audiences)
    return shared_secrets.matches(credentials.secret, secrets, now=clock.moment())


@sensitive_variables()
def _is_assertion(
    credentials: Credentials, secrets: Sequence[Secret], *, audiences: Sequence[str]
) -> bool:
    """Check RFC 7523, section 3.

    A MAC is made with a secret that is kept in clear, never with a registered key; jwcrypto refuses
    a secret that is shorter than the hash (RFC 7518, section 3.2).
    """
    live = shared_secrets.live(secrets, now=clock.moment())
    asymmetric = _keys(live)
    token = credentials.assertion
    verified = verify_with(token, asymmetric, algorithms=ALGORITHMS) or verify_with(
        token, _hmac_keys(live), algorithms=SYMMETRIC
    )
    if verified is None:
        return False
    claims, now = verified.claims, clock.seconds()
    expires, not_before = _number(claims.get("exp")), _number(claims.get("nbf", now))
    if expires is None or not_before is None:
        return False
    if not (now - CLOCK_SKEW < expires <= now + MAX_ASSERTION_LIFETIME + CLOCK_SKEW):
        return False
    if not_before > now + CLOCK_SKEW:
        return False
    if claims.get("iss") != credentials.client_id or claims.get("sub") != credentials.client_id:
        return False
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    if not any(one in audiences for one in named):
        return False
    jwt_id = claims.get("jti")
    if not isinstance(jwt_id, str) or not 0 < len(jwt_id) <= 1000:
        return False
    return _is_first_use(credentials.client_id, jwt_id, until=int(expires) + CLOCK_SKEW)


def _is_first_use(client_id: str, jwt_id: str, *, until: int) -> bool:
    key = stored_key(json.dumps([client_id, jwt_id]))
    timeout = max(1, until - clock.seconds())
    return bool(cache.add(f"identity_bridge.oidc.jti.{key}", 1, timeout=timeout))


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < 1e12 else None


def _keys(secrets: Iterable[Secret]) -> list[JWK]:
    keys = []
    for secret in secrets:
        try:
            if secret.type == SecretType.JSON_WEB_KEY:
                key = material.load(secret.value.encode())
            elif secret.type == SecretType.X509_CERTIFICATE:
                key = material.load_certificate(secret.value)
            else:
                continue
        except material.BadKey:
            continue  # one that is broken does not make the others useless
        if key.get("kty") != "oct":
            keys.append(key)
    return keys


def _hmac_keys(secrets: Iterable[Secret]) -> list[JWK]:
    return [
        material.load_octets(secret.value.encode())
        for secret in secrets
        if secret.type == SecretType.PLAIN_TEXT
    ]


def assertion_audiences(issuer: str) -> tuple[str, ...]:
    """Return what an assertion may name as its audience: us, or our token endpoint."""
    return (issuer, f"{issuer.rstrip('/')}/connect/token")
