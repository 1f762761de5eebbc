"""GET /.well-known/openid-configuration, its key set, and RFC 8414's document."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.headers import JSON
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.protocol.metadata import metadata

from .http import endpoint

if TYPE_CHECKING:
    from django.http import HttpRequest

SECONDS_TO_KEEP = 60
"""How long others may keep what is said here; keys are announced for days before they sign."""


@endpoint("discovery", methods=["GET", "HEAD"], cors=True)
def configuration(request: HttpRequest) -> HttpResponse:
    """Return the document of both: OpenID Connect Discovery, section 4; RFC 8414, section 3."""
    return _kept(request, _document(issuer_of(request)))


@endpoint("discovery", methods=["GET", "HEAD"], cors=True)
def configuration_of(request: HttpRequest, issuer_path: str) -> HttpResponse:
    """Return the document of an issuer with a path, which stands after the well-known part (RFC
    8414, section 3.1); 404 for an issuer that this is not."""
    issuer = issuer_of(request)
    if unquote(urlsplit(issuer).path).strip("/") != issuer_path:
        raise Http404
    return _kept(request, _document(issuer))


@endpoint("jwks", methods=["GET", "HEAD"], cors=True)
def key_set(request: HttpRequest) -> HttpResponse:
    return _kept(request, ring.jwks())


def _document(issuer: str) -> dict[str, Any]:
    settings = get_settings()
    return store.remembered(
        f"metadata {issuer}",
        lambda: metadata(
            issuer=issuer,
            resources=store.get_resources(),
            algorithms=settings.OIDC_SIGNING_ALGORITHMS,
            disabled=settings.OIDC_DISABLED_ENDPOINTS,
            extension_grants=settings.OIDC_EXTENSION_GRANTS,
            supports_create=bool(settings.OIDC_CREATE_ACCOUNT_URL),
            custom=settings.OIDC_DISCOVERY_ENTRIES,
        ),
    )


def _kept(request: HttpRequest, members: dict[str, Any]) -> HttpResponse:
    """Return a document that may be kept for a while, or 304 to whoever has it."""
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    etag = quote_etag(sha256(text.encode()).hexdigest()[:32])
    response = HttpResponse(
        text,
        content_type=JSON,
        headers={"ETag": etag, "Cache-Control": f"public, max-age={SECONDS_TO_KEEP}"},
    )
    answered = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answered, HttpResponse)  # noqa: S101
    return answered
