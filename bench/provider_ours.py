"""Times this provider's hot paths; run by bench.provider."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.provider_settings"

CLIENT, SECRET, API_SECRET = "bench", "a-secret-of-the-bench-client", "a-secret-of-the-bench-api"
CONFIGURATION: dict[str, Any] = {
    "identity_resources": [{"name": "openid", "user_claims": ["sub"]}],
    "api_scopes": [{"name": "read"}],
    "api_resources": [{"name": "api", "scopes": ["read"], "api_secrets": [{"plain": API_SECRET}]}],
    "clients": [
        {
            "client_id": CLIENT,
            "client_secrets": [{"plain": SECRET}],
            "allowed_grant_types": ["authorization_code", "client_credentials"],
            "redirect_uris": ["https://app.example.org/cb"],
            "allowed_scopes": ["openid", "read"],
            "allow_offline_access": True,
            "refresh_token_usage": "OneTimeOnly",
            "require_pkce": False,
        }
    ],
}


def set_up() -> Any:
    """Make the tables, the client and a user with a session; return user and session."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from identity_bridge.models import User
    from identity_bridge.oidc.configuration import document, writing
    from identity_bridge.oidc.keys import ring

    writing.write(document.parse(CONFIGURATION))
    ring.jwks()
    return User.objects.create_user("bench", "bench@example.org", "Fjord-Birch9026!")


def main() -> None:
    user = set_up()
    from bench.timing import Caller, basic, measure
    from identity_bridge.oidc import clock
    from identity_bridge.oidc.configuration import store
    from identity_bridge.oidc.grants import codes
    from identity_bridge.oidc.interaction.context import checked_request
    from identity_bridge.oidc.protocol.interaction import SignedIn

    call = Caller()
    client = {"client_id": CLIENT, "client_secret": SECRET}
    signed_in = SignedIn(
        subject=str(user.pk), session_id="A" * 32, auth_time=clock.seconds(), amr=("pwd",)
    )

    def code(scope: str) -> str:
        asked = {"client_id": CLIENT, "response_type": "code", "scope": scope}
        asked["redirect_uri"] = CONFIGURATION["clients"][0]["redirect_uris"][0]
        request = checked_request({name: [value] for name, value in asked.items()})
        return codes.give_out(
            request,
            granted=request.granted,
            user=user,
            signed_in=signed_in,
            family=uuid.uuid4(),
        )

    def exchange(scope: str = "openid read") -> Callable[[], Any]:
        form = {"grant_type": "authorization_code", "code": code(scope)} | client
        form["redirect_uri"] = CONFIGURATION["clients"][0]["redirect_uris"][0]
        return lambda: call("POST", "/connect/token", form)

    def refresh() -> Callable[[], Any]:
        handle = exchange("openid read offline_access")()["refresh_token"]
        form = {"grant_type": "refresh_token", "refresh_token": handle} | client
        return lambda: call("POST", "/connect/token", form)

    assert store.find_client(CLIENT) is not None
    token = exchange()()["access_token"]
    machine = {"grant_type": "client_credentials", "scope": "read"} | client
    bearer = f"Bearer {token}"
    calls: dict[str, Callable[[], Any]] = {
        "client_credentials": lambda: lambda: call("POST", "/connect/token", machine),
        "code exchange": exchange,
        "refresh": refresh,
        "introspection": lambda: (
            lambda: call("POST", "/connect/introspect", {"token": token}, basic("api", API_SECRET))
        ),
        "userinfo": lambda: lambda: call("GET", "/connect/userinfo", None, bearer),
    }
    print(json.dumps(measure(calls)))


if __name__ == "__main__":
    main()
