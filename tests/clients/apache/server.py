"""Debian's Apache with mod_auth_openidc: a process of its own, with a configuration of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

import requests
from jwcrypto.jwk import JWK

from tests.clients.live import running
from tests.clients.parties import API_SECRET, SECRET
from tests.clients.provider import Provider

EXECUTABLE = Path(shutil.which("apache2") or "/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")  # where Debian has them
IS_INSTALLED = EXECUTABLE.exists() and (MODULES / "mod_auth_openidc.so").exists()
PAGES = ("index.html", "orders/index.html", "api/index.html")


def signing_key(provider: Provider) -> JWK:
    """Return the public key that access tokens are signed with."""
    metadata = requests.get(provider.discovery, timeout=60).json()
    keys = requests.get(metadata["jwks_uri"], timeout=60).json()["keys"]
    return JWK(**next(key for key in keys if key["alg"] == "RS256"))


@contextmanager
def apache(provider: Provider) -> Iterator[Path]:
    """Run Apache; the folder with its log."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # Apache gives up being root before it reads pages
        for page in PAGES:
            place = folder / "pages" / page
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"<h1>{page}</h1>\n")
        key = signing_key(provider)
        (folder / "provider.pem").write_bytes(key.export_to_pem())
        values = {
            "key_id": key["kid"],
            "folder": folder,
            "modules": MODULES,
            "user": "User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            "port": provider.places.apache,
            "form_port": provider.places.apache_form,
            "api_port": provider.places.apache_api,
            "issuer": provider.issuer,
            "secret": SECRET,
            "api_secret": API_SECRET,
            "passphrase": secrets.token_hex(16),
        }
        template = Template((Path(__file__).parent / "httpd.conf").read_text())
        written = folder / "httpd.conf"
        # Apache has variables of its own, ${…} and %{…}: those stay.
        written.write_text(template.safe_substitute(values))
        command = [str(EXECUTABLE), "-f", str(written), "-DFOREGROUND"]
        with running(command, port=provider.places.apache, log=folder / "log"):
            yield folder
