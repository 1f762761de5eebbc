"""Every address the provider answers at, and requests that no library would send."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import quote_from_bytes

from django.test import Client as Browser
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from identity_bridge.oidc.clients.credentials import JWT_BEARER
from tests.oidc.parties import API_SECRET, HOST, REDIRECT_URI, SECRET, VERIFIER

FORM = "application/x-www-form-urlencoded"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZE = {
    "client_id": "web",
    "redirect_uri": REDIRECT_URI,
    "response_type": "code",
    "scope": "openid profile",
    "state": "xyz",
    "nonce": "n-1",
}
_CLIENT = {"client_id": "web", "client_secret": SECRET}

#: Address -> a form that is almost right, from which the malformed ones are made.
POSTED: dict[str, dict[str, str]] = {
    "/connect/authorize": AUTHORIZE,
    "/connect/token?code": _CLIENT
    | {"grant_type": "authorization_code", "code": "A", "redirect_uri": REDIRECT_URI},
    "/connect/token?refresh": _CLIENT | {"grant_type": "refresh_token", "refresh_token": "A"},
    "/connect/token?client": {
        "client_id": "machine",
        "client_secret": SECRET,
        "grant_type": "client_credentials",
        "scope": "orders.read",
    },
    "/connect/token?device": {
        "client_id": "tv",
        "client_secret": SECRET,
        "grant_type": DEVICE_GRANT,
        "device_code": "A",
    },
    "/connect/token?password": {
        "client_id": "old",
        "client_secret": SECRET,
        "grant_type": "password",
        "username": "ada",
        "password": "wrong",
    },
    "/connect/token?extension": _CLIENT | {"grant_type": "urn:example:unknown"},
    "/connect/userinfo": {"access_token": "A"},
    "/connect/introspect": {"client_id": "orders", "client_secret": API_SECRET, "token": "A"},
    "/connect/revocation": _CLIENT | {"token": "A", "token_type_hint": "access_token"},
    "/connect/endsession": {
        "id_token_hint": "A",
        "client_id": "A",
        "post_logout_redirect_uri": "A",
        "state": "A",
    },
    "/connect/deviceauthorization": {
        "client_id": "tv",
        "client_secret": SECRET,
        "scope": "openid",
    },
    "/account/consent/": {"next": "/connect/authorize/callback?client_id=web", "allow": "1"},
    "/account/device/": {"userCode": "123456789", "allow": "1", "scope": "openid"},
    "/account/end-session/": {"logoutId": "A"},
}
QUERIED: dict[str, dict[str, str]] = {
    "/connect/authorize": AUTHORIZE,
    "/connect/authorize/callback": AUTHORIZE,
    "/connect/userinfo": {"access_token": "A"},
    "/connect/endsession": {
        "id_token_hint": "A",
        "client_id": "A",
        "post_logout_redirect_uri": "A",
        "state": "A",
    },
    "/connect/endsession/callback": {"endSessionId": "A"},
    "/connect/checksession": {"a": "b"},
    "/.well-known/openid-configuration": {"a": "b"},
    "/.well-known/openid-configuration/jwks": {"a": "b"},
    "/.well-known/oauth-authorization-server": {"a": "b"},
    "/account/login/": {"next": "/connect/authorize/callback?client_id=web"},
    "/account/consent/": {"next": "/connect/authorize/callback?client_id=web"},
    "/account/device/": {"userCode": "123456789"},
    "/account/end-session/": {"logoutId": "A"},
    "/account/error/": {"errorId": "A"},
}
NAMES = sorted(
    {name for forms in (POSTED, QUERIED) for form in forms.values() for name in form}
    | {
        "acr_values", "claims", "client_assertion", "client_assertion_type", "code_challenge",
        "code_challenge_method", "code_verifier", "display", "errorId", "id_token_hint",
        "login_hint", "max_age", "prompt", "remember", "request", "request_uri", "resource",
        "response_mode", "suppressed_max_age", "suppressed_prompt", "ui_locales",
    }
)  # fmt: skip


def encoded(part: object) -> str:
    """Return base64url of text or of JSON, as in a token."""
    text = part if isinstance(part, str) else json.dumps(part)
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


def forged(header: object, claims: object, signature: str = "AAAA") -> str:
    """Return a compact token that nobody has signed."""
    return f"{encoded(header)}.{encoded(claims)}.{signature}"


ODD = [
    b"", b" ", b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"%00", b"%",
    b"+",
    b"-1", b"0", b"9" * 11, b"9" * 5000, b"1e999", b"A" * 101, b"A" * 9000, b"A" * 60_000, b"..",
    b"a.b.c", b"/\\evil.test", b"javascript:alert(1)", b"[]", b"{}", b"null", b"http://[",
    b"x:" * 50,
    b"http://a:99999999/", b'{"id_token":[1]}', b"[" * 4000,
    b'{"id_token":' * 600, b"none", b"none login", b"code id_token token", b"form_post",
    b"fragment",
    b"offline_access", b"openid\topenid", b"orders.read", b"\r\nSet-Cookie: a=b", b"<script>",
    JWT_BEARER.encode(), VERIFIER.encode(), REDIRECT_URI.encode(), b"S256", b"plain",
    forged({"alg": "none"}, {"sub": "web"}, "").encode(),
    forged({"alg": "HS256", "crit": ["a"]}, {"sub": "web", "exp": "soon"}).encode(),
    forged({"alg": "RS256", "jku": "http://127.0.0.1/"}, {"sub": "web"}).encode(),
]  # fmt: skip

values = st.one_of(
    st.sampled_from(ODD),
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
changes = st.dictionaries(st.sampled_from(NAMES), st.lists(values, max_size=2), max_size=4)

fuzzed = hypothesis_settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def body_of(form: dict[str, str], changed: dict[str, list[bytes]]) -> str:
    """Return a query or a form in which some parameters are other bytes, twice, or left out."""
    pairs = {name: [value.encode()] for name, value in form.items()} | changed
    return "&".join(
        f"{name}={quote_from_bytes(value)}" for name, found in pairs.items() for value in found
    )


def hostile_browser() -> Browser:
    """Return a browser that gets a 500 as its user would, instead of the exception."""
    return Browser(raise_request_exception=False, headers={"host": HOST})


def send(visitor: Browser, path: str, body: str, content_type: str = FORM, **headers: str) -> Any:
    """Post a body as it is."""
    return visitor.generic(
        "POST", path, body.encode(), content_type=content_type, headers=headers, secure=True
    )


def look(visitor: Browser, path: str, query: str, **extra: Any) -> Any:
    """Get with a query as it is."""
    return visitor.get(path, QUERY_STRING=query, secure=True, **extra)
