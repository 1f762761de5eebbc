"""Without the extra ``account`` nothing breaks but the sign-in elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from .fixtures import CHALLENGE, code_in
from .upstream import Upstream


def test_pages_and_admin_import_without_authlib_and_joserfc() -> None:
    code = (
        "import sys\n"
        "for name in ('authlib', 'joserfc'): sys.modules[name] = None\n"
        "import django; django.setup()\n"
        "import identity_bridge.account.urls, identity_bridge.admin\n"
        "import identity_bridge.account.external.dotnet_urls\n"
        "from identity_bridge.external import transport, provider\n"
        "from identity_bridge.external.errors import LibraryMissing\n"
        "one = provider.parse('G', {'kind': 'google', 'client_id': 'a', 'client_secret': 'b'})\n"
        "try:\n"
        "    with transport.connection(one): pass\n"
        "except LibraryMissing as error: assert '[account]' in error.detail\n"
        "else: raise SystemExit('no error')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={"DJANGO_SETTINGS_MODULE": "tests.projects.default.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_says_that_it_is_not_set_up(
    client: Client, upstream: Upstream, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "authlib.integrations.requests_client", None)
    response = client.post(CHALLENGE.format("Harbor"))
    assert code_in(response) == "external_library_missing"
    assert "not set up in the right way" in response.content.decode()
