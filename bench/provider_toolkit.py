"""Times plain django-oauth-toolkit's hot paths; run by bench.provider."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.toolkit_settings"
os.environ["BENCH_RSA_KEY"] = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from django.utils import timezone
    from oauth2_provider.models import Application, Grant

    from bench.timing import Caller, basic, measure

    user = User.objects.create_user("bench", "bench@example.org", "Fjord-Birch9026!")
    redirect_uri = "https://app.example.org/cb"
    kinds = {"code": "authorization-code", "machine": "client-credentials"}
    applications = {
        name: Application.objects.create(
            client_id=name,
            client_secret="a-secret-of-the-bench-client",
            client_type="confidential",
            authorization_grant_type=grant,
            redirect_uris=redirect_uri,
            algorithm="RS256",
        )
        for name, grant in kinds.items()
    }
    call = Caller()
    client = {"client_id": "code", "client_secret": "a-secret-of-the-bench-client"}

    def exchange() -> Callable[[], Any]:
        code = secrets.token_hex(20)
        Grant.objects.create(
            user=user,
            code=code,
            application=applications["code"],
            expires=timezone.now() + timedelta(minutes=5),
            redirect_uri=redirect_uri,
            scope="openid read introspection",
        )
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return lambda: call("POST", "/o/token/", form | client)

    def refresh() -> Callable[[], Any]:
        handle = exchange()()["refresh_token"]
        form = {"grant_type": "refresh_token", "refresh_token": handle} | client
        return lambda: call("POST", "/o/token/", form)

    token = exchange()()["access_token"]
    machine = {"grant_type": "client_credentials", "scope": "read", **client}
    machine["client_id"] = "machine"
    api = basic("code", client["client_secret"])
    calls: dict[str, Callable[[], Any]] = {
        "client_credentials": lambda: lambda: call("POST", "/o/token/", machine),
        "code exchange": exchange,
        "refresh": refresh,
        "introspection": lambda: lambda: call("POST", "/o/introspect/", {"token": token}, api),
        "userinfo": lambda: lambda: call("GET", "/o/userinfo/", None, f"Bearer {token}"),
    }
    print(json.dumps(measure(calls)))


if __name__ == "__main__":
    main()
