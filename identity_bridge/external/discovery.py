"""The discovery document and the keys of an OpenID provider (OpenID Connect Discovery 1.0).

Both are kept in Django's default cache for some minutes, and so is for some seconds that a provider
does not answer: people who wait for it occupy the workers of the host.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.cache import cache

from .errors import AnswerUnusable, IssuerMismatch, ProviderUnreachable
from .provider import Kind, is_loopback, is_secure

if TYPE_CHECKING:
    from collections.abc import Callable

    from .transport import Connection

KEPT_SECONDS = 600
DOWN_SECONDS = 10
_PATH = "/.well-known/openid-configuration"

#: Signatures that only the provider can make: nothing that the client secret, or nobody, signs.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is used of a discovery document."""

    issuers: tuple[str, ...]
    """The issuer, and how else its ID tokens may name it."""
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    algorithms: tuple[str, ...]
    authentication: str
    """How a client with a secret authenticates at the token endpoint."""
    sends_issuer: bool
    """Every answer names the issuer (RFC 9207)."""


def metadata(connection: Connection) -> Metadata:
    """Return the provider's metadata.

    :raises ExternalSignInFailed:
    """
    authority = connection.provider.authority
    url = authority.rstrip("/") + _PATH
    return _checked(connection, _kept(url, lambda: connection.get_json(url)))


def keys(connection: Connection, metadata: Metadata, *, fresh: bool = False) -> Any:
    """Return the provider's key set as it stands in the document; ``fresh`` asks for it again.

    :raises ExternalSignInFailed:
    """
    url = metadata.jwks_uri
    return _kept(url, lambda: connection.get_json(url), fresh=fresh)


def _kept(url: str, fetch: Callable[[], Any], *, fresh: bool = False) -> Any:
    key = f"identity_bridge.external.{sha256(url.encode()).hexdigest()}"
    found = None if fresh else cache.get(key)
    if found == "":
        raise ProviderUnreachable(f"{url} did not answer a moment ago")
    if found is None:
        try:
            found = fetch()
        except ProviderUnreachable:
            cache.set(key, "", DOWN_SECONDS)
            raise
        if not isinstance(found, dict):
            raise AnswerUnusable(f"{url} is no JSON object")
        cache.set(key, found, KEPT_SECONDS)
    return found


def _checked(connection: Connection, document: dict[str, Any]) -> Metadata:
    authority = connection.provider.authority
    issuer = document.get("issuer")
    # Section 4.3 wants the very same text; .NET's handlers are often told it without the slash.
    if not isinstance(issuer, str) or issuer.rstrip("/") != authority.rstrip("/"):
        raise IssuerMismatch(f"the document of {authority} names another issuer")
    is_google = connection.provider.kind is Kind.GOOGLE
    supported = _texts(document, "id_token_signing_alg_values_supported") or ("RS256",)
    methods = _texts(document, "token_endpoint_auth_methods_supported")
    # .NET's handlers put the secret into the form, whatever the document says.
    is_basic = methods and "client_secret_post" not in methods
    return Metadata(
        # Google names itself with and without the https:// in its ID tokens.
        issuers=(issuer, issuer.partition("://")[2]) if is_google else (issuer,),
        authorization_endpoint=_endpoint(document, "authorization_endpoint", authority),
        token_endpoint=_endpoint(document, "token_endpoint", authority),
        jwks_uri=_endpoint(document, "jwks_uri", authority),
        userinfo_endpoint=(
            _endpoint(document, "userinfo_endpoint", authority)
            if document.get("userinfo_endpoint")
            else ""
        ),
        algorithms=tuple(one for one in ALGORITHMS if one in supported),
        authentication="client_secret_basic" if is_basic else "client_secret_post",
        sends_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _texts(document: dict[str, Any], name: str) -> tuple[str, ...]:
    found = document.get(name)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _endpoint(document: dict[str, Any], name: str, authority: str) -> str:
    """Return an address of the document; one of this machine only if the authority is here too."""
    found = document.get(name)
    if not is_secure(found):
        raise AnswerUnusable(f"{name} of {authority} is no address by https")
    endpoint = str(found)
    if _is_here(endpoint) and not _is_here(authority):
        raise AnswerUnusable(f"{name} of {authority} is an address of this machine")
    return endpoint


def _is_here(address: str) -> bool:
    return is_loopback(urlsplit(address).hostname or "")
