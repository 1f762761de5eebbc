"""``python -m example_project.upstream``: a second site, whose accounts sign people in at the demo.

The same host with a database of its own, on UPSTREAM_PORT; the demo is a client of it. It is
called by 127.0.0.1 and the demo by localhost: cookies know no ports.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

SCHEME = "Contoso"
CLIENT_ID, CLIENT_SECRET = "demo", "known to everybody who reads this"


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def provider(port: int) -> dict[str, Any]:
    """Return the entry of EXTERNAL_PROVIDERS that the demo has for this site."""
    return {
        "kind": "openid",
        "display_name": "Contoso",
        "authority": address(port),
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }


def configuration(demo_port: int) -> dict[str, Any]:
    """Return the document for ``load_oidc_configuration``: one client, the demo."""
    return {
        "identity_resources": ["openid", "profile", "email"],
        "clients": [
            {
                "client_id": CLIENT_ID,
                "client_name": "The demo",
                "client_secrets": [{"plain": CLIENT_SECRET}],
                "allowed_grant_types": ["authorization_code"],
                "redirect_uris": [
                    f"http://localhost:{demo_port}/account/external/{SCHEME}/callback/"
                ],
                "allowed_scopes": ["openid", "profile", "email"],
                "always_include_user_claims_in_id_token": True,
            }
        ],
    }


def main(arguments: list[str]) -> None:
    demo_port = int(os.environ.get("DEMO_PORT") or 8000)
    port = int(os.environ.pop("UPSTREAM_PORT", None) or demo_port + 1)
    folder = Path(__file__).resolve().parent.parent / "var"
    folder.mkdir(exist_ok=True)
    os.environ["DEBUG"] = "1"
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'upstream.sqlite3'}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

    import django
    from django.core.management import call_command
    from rich.console import Console

    django.setup()
    from identity_bridge.oidc.configuration import document, writing

    from .demo import carry_over

    carry_over(Console(highlight=False))
    writing.write(document.parse(configuration(demo_port)))
    if "--no-server" not in arguments:
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


if __name__ == "__main__":
    main(sys.argv[1:])
