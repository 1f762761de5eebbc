"""Small configurations, and relying parties that use them through Django's test client."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client as Browser

from identity_bridge.oidc.configuration import document, writing
from identity_bridge.oidc.protocol.pkce import challenge_of

HOST = "id.example.org"
ISSUER = f"https://{HOST}"
REDIRECT_URI = "https://app.example.org/callback"
SECRET = "a-secret-of-the-client"
API_SECRET = "a-secret-of-the-api"
PASSWORD = "Fjord-Birch9026!"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

RESOURCES: dict[str, Any] = {
    "identity_resources": [
        {"name": "openid", "required": True, "user_claims": ["sub"]},
        {"name": "profile", "user_claims": ["name", "preferred_username"]},
        {"name": "email", "user_claims": ["email", "email_verified"]},
    ],
    "api_scopes": [{"name": "orders.read", "display_name": "Read orders"}],
    "api_resources": [
        {
            "name": "orders",
            "scopes": ["orders.read"],
            "user_claims": ["role"],
            "api_secrets": [{"plain": API_SECRET}],
        }
    ],
}


def configure(*clients: dict[str, Any]) -> None:
    """Load the resources above and these clients."""
    writing.write(document.parse(RESOURCES | {"clients": [web_client(), *clients]}))


def web_client(client_id: str = "web", **changes: Any) -> dict[str, Any]:
    """Return a confidential client of the code flow."""
    return {
        "client_id": client_id,
        "client_name": "Shop",
        "client_secrets": [{"plain": SECRET}],
        "allowed_grant_types": ["authorization_code"],
        "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": ["https://app.example.org/"],
        "allowed_scopes": ["openid", "profile", "email", "orders.read"],
        "allow_offline_access": True,
        "require_pkce": False,
    } | changes


def machine_client(client_id: str = "machine", **changes: Any) -> dict[str, Any]:
    """Return a client that asks for itself."""
    return {
        "client_id": client_id,
        "client_secrets": [{"plain": SECRET}],
        "allowed_grant_types": ["client_credentials"],
        "allowed_scopes": ["orders.read"],
    } | changes


def post_form(visitor: Browser, path: str, form: Any, headers: dict[str, str] | None = None) -> Any:
    """Post as OAuth clients do; Django's test client would send multipart."""
    body = urlencode(form, doseq=True)
    return visitor.generic(
        "POST",
        path,
        body,
        content_type="application/x-www-form-urlencoded",
        headers=headers,
        secure=True,
    )


def browser() -> Browser:
    return Browser(headers={"host": HOST})


@dataclass
class Party:
    """A relying party with a browser of its user's."""

    client_id: str = "web"
    secret: str = SECRET
    browser: Browser = field(default_factory=browser)

    def sign_in(self, username: str, password: str = PASSWORD, **form: str) -> Any:
        given = {"username": username, "password": password} | form
        return self.browser.post("/account/login/", given, secure=True)

    def authorize(self, **parameters: str) -> Any:
        """Return the response to an authorization request, by default one for a code."""
        given = {
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile",
            "state": "xyz",
            "nonce": "n-1",
        } | parameters
        given = {name: value for name, value in given.items() if value != ""}
        return self.browser.get("/connect/authorize", given, secure=True)

    def code(self, **parameters: str) -> str:
        """Return a code for whoever is signed in."""
        return answer_of(self.authorize(**parameters))["code"]

    def token(self, *, status: int = 200, **form: str) -> dict[str, Any]:
        """Return the answer of the token endpoint."""
        given = {"client_id": self.client_id, "client_secret": self.secret} | form
        given = {name: value for name, value in given.items() if value != ""}
        response = post_form(self.browser, "/connect/token", given)
        assert response.status_code == status, response.content
        members: dict[str, Any] = response.json()
        return members

    def exchange(self, code: str, *, status: int = 200, **form: str) -> dict[str, Any]:
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        return self.token(status=status, **given | form)

    def tokens(self, **parameters: str) -> dict[str, Any]:
        """Return the tokens of one whole code flow."""
        return self.exchange(self.code(**parameters))

    def refresh(self, handle: str, *, status: int = 200, **form: str) -> dict[str, Any]:
        given = {"grant_type": "refresh_token", "refresh_token": handle}
        return self.token(status=status, **given | form)

    def userinfo(self, access_token: str) -> Any:
        return self.browser.get(
            "/connect/userinfo", headers={"authorization": f"Bearer {access_token}"}, secure=True
        )

    def introspect(self, token: str, name: str = "orders", secret: str = API_SECRET) -> Any:
        pair = b64encode(f"{name}:{secret}".encode()).decode()
        headers = {"authorization": f"Basic {pair}"}
        return post_form(self.browser, "/connect/introspect", {"token": token}, headers).json()


def answer_of(response: Any) -> dict[str, str]:
    """Return the parameters of an answer that goes to the client in the query."""
    assert response.status_code == 302, response.content
    location = response.headers["Location"]
    assert location.startswith(REDIRECT_URI), location
    return dict(parse_qsl(urlsplit(location).query))


def fragment_of(response: Any) -> dict[str, str]:
    """Return the parameters of an answer in the fragment."""
    return dict(parse_qsl(urlsplit(response.headers["Location"]).fragment))


def claims_of(token: str) -> dict[str, Any]:
    """Return what one of our tokens says, its signature checked."""
    from identity_bridge.oidc.keys.tokens import verify_ours

    verified = verify_ours(token)
    assert verified is not None, token
    return verified.claims


def header_of(token: str) -> dict[str, Any]:
    from identity_bridge.oidc.keys.tokens import read_header

    header = read_header(token)
    assert header is not None
    return header


PKCE = {"code_challenge": challenge_of(VERIFIER, "S256"), "code_challenge_method": "S256"}
