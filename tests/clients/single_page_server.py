"""The single-page applications of ``single_page/``, served at an origin of their own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .live import running
from .node_scripts import SOURCES, installed
from .provider import Provider

LIBRARIES = {
    "": "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
    "legacy": "oidc-client/dist/oidc-client.min.js",
}


@contextmanager
def served(provider: Provider, folder: Path) -> Iterator[str]:
    """Serve both applications; the address of the first, the other is in ``/legacy``."""
    pages, port = folder / "pages", provider.places.single_page
    home = provider.places.of(port)
    shutil.copytree(SOURCES / "single_page", pages)
    for name, library in LIBRARIES.items():
        shutil.copy(installed() / "node_modules" / library, pages / name)
        address = f"{home}/{name}".rstrip("/")
        settings = {
            "authority": provider.issuer,
            "client_id": "single-page",
            "redirect_uri": f"{address}/callback.html",
            "silent_redirect_uri": f"{address}/callback.html",
            "popup_redirect_uri": f"{address}/callback.html",
            "post_logout_redirect_uri": f"{home}/signed_out.html",
            "response_type": "code",
            "scope": "openid profile orders.read",
            "loadUserInfo": True,
            "automaticSilentRenew": False,
            "monitorSession": False,
        }
        (pages / name / "settings.js").write_text(f"const settings = {json.dumps(settings)};\n")
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running([*command, "--directory", str(pages)], port=port, log=folder / "log"):
        yield home
