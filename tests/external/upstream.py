"""A provider elsewhere, of OpenID Connect, GitHub's and Microsoft's shape, that can be told to lie.

It listens on loopback. No page of it is ever shown: a test reads the question out of the address
that a browser was sent to, as a provider does, and gets the answer to come back with.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "shop"
SECRET = "a secret: of the client"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})

#: Status, body, headers.
Answer = tuple[int, bytes, dict[str, str]]


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, text, {"Content-Type": "application/json"} | headers


@dataclass
class Upstream:
    """One provider; what it says is changed by assignment."""

    url: str = ""
    account: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "name": "Grace Hopper",
            "email": "grace@example.org",
            "email_verified": True,
        }
    )
    in_id_token: tuple[str, ...] = ("sub", "name", "email", "email_verified")
    github: dict[str, Any] = field(
        default_factory=lambda: {"id": 583231, "login": "octocat", "name": None, "email": None}
    )
    github_emails: Any = field(
        default_factory=lambda: [
            {"email": "other@example.org", "primary": False, "verified": True},
            {"email": "octocat@example.org", "primary": True, "verified": True},
        ]
    )
    microsoft: dict[str, Any] = field(
        default_factory=lambda: {
            "id": "48d31887-5fad-4d73-a9f5-3c356e68a038",
            "displayName": "Megan Bowen",
            "mail": None,
            "userPrincipalName": "megan@contoso.example",
        }
    )
    document: dict[str, Any] = field(default_factory=dict)
    """Changes to the discovery document; None takes a member out."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Changes to the ID token."""
    sign: Callable[[dict[str, Any]], str] = field(
        default=lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
    )
    published: Any = field(default_factory=lambda: KEY)
    says: dict[str, str | None] = field(default_factory=dict)
    """Changes to the answer that a real browser brings back."""
    instead: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    """Path -> what it answers in place of what would be right."""
    asked: list[str] = field(default_factory=list)
    """The paths that were asked, in order."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    basic: bool = False
    """The client was authenticated by a header."""

    def visit(self, location: str) -> Visit:
        """Come with a browser that was sent here."""
        query = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return Visit(upstream=self, location=location, query=query, code=code)

    def reply(self, path: str, form: dict[str, str], headers: Any, address: str = "") -> Answer:
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]()
        match path:
            case "/.well-known/openid-configuration":
                return answer(self._document())
            case "/authorize":  # where a real browser comes by itself
                asked = self.visit(f"{self.url}{address}")
                origin = asked.query["redirect_uri"].partition("/account/")[0]
                return answer({}, 302, Location=f"{origin}{asked.back(**self.says)}")
            case "/jwks":
                return answer(KeySet([self.published]).as_dict(private=False))
            case "/token" | "/login/oauth/access_token" | "/common/oauth2/v2.0/token":
                return self._token(form, headers)
        if headers.get("Authorization") != "Bearer of-this-person":
            return answer({"message": "Requires authentication"}, 401)
        bodies = {
            "/userinfo": self.account,
            "/api/v3/user": self.github,
            "/api/v3/user/emails": self.github_emails,
            "/v1.0/me": self.microsoft,
        }
        return answer(bodies[path]) if path in bodies else answer({}, 404)

    def _document(self) -> dict[str, Any]:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        } | self.document
        return {name: value for name, value in found.items() if value is not None}

    def _token(self, form: dict[str, str], headers: Any) -> Answer:
        kind, _, given = headers.get("Authorization", "").partition(" ")
        pair = b64decode(given).decode() if kind == "Basic" else ""
        self.basic = bool(pair)
        client, secret = pair.split(":", 1) if pair else (form["client_id"], form["client_secret"])
        asked = self.codes.pop(form["code"], None)
        if asked is None:
            return answer({"error": "invalid_grant"}, 400)
        digest = sha256(form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = (CLIENT_ID, SECRET, asked["redirect_uri"], asked["code_challenge"], "S256")
        shown = (client, secret, form["redirect_uri"], challenge, asked["code_challenge_method"])
        if right != shown:
            return answer({"error": "invalid_grant", "error_description": "<b>no</b>"}, 400)
        token = {"access_token": "of-this-person", "token_type": "bearer"}
        if "nonce" in asked:
            token["id_token"] = self.sign(self._claims(asked["nonce"]))
        return answer(token)

    def _claims(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        said = {name: self.account[name] for name in self.in_id_token if name in self.account}
        base = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        found = base | said | self.claims
        return {name: value for name, value in found.items() if value is not None}


@dataclass
class Visit:
    """A browser at the provider."""

    upstream: Upstream
    location: str
    query: dict[str, str]
    code: str

    def back(self, **changes: str | None) -> str:
        """Return the address that the browser is sent to, without the host."""
        given = {"code": self.code, "state": self.query["state"]} | changes
        if self.location.startswith(f"{self.upstream.url}/authorize"):
            given = {"iss": self.upstream.url} | given
        path = urlsplit(self.query["redirect_uri"]).path
        kept = {name: value for name, value in given.items() if value is not None}
        return f"{path}?{urlencode(kept)}"


class _Handler(BaseHTTPRequestHandler):
    upstream: Upstream

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self._say(self.upstream.reply(path, {}, self.headers, address=self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        self._say(self.upstream.reply(urlsplit(self.path).path, form, self.headers))

    def _say(self, given: Answer) -> None:
        status, body, headers = given
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if type(body) is bytes:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass  # the other side had enough

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server:
    """Listens; each test gets a provider that has forgotten what others told it."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def fresh(self) -> Upstream:
        _Handler.upstream = Upstream(url=f"http://127.0.0.1:{self._server.server_address[1]}")
        return _Handler.upstream

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
