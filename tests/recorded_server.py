"""``make recorded-server PORT=8792``: the example host as the recorded IdentityServer was set up.

Clients, scopes, APIs and users are those of duende/traces_config.json in FIXTURES_DIR, with the
secrets and passwords that stand there. Each start begins with a fresh database.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def main(port: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        os.environ["RECORDED_DATABASE"] = str(Path(place, "recorded.sqlite3"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.recorded.settings"

        import django
        from django.core.management import call_command

        django.setup()
        from tests.fixtures_data import load_json
        from tests.oidc.traces import provider

        call_command("migrate", interactive=False, verbosity=0)
        provider.load(load_json("duende/traces_config.json"))
        print(f"The recorded configuration is served on http://127.0.0.1:{port}/", flush=True)
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8792")
