"""``python -m tests.projects.clients.serve PORT DATABASE CONFIGURATION``: the live provider.

The configuration is a file as ``load_oidc_configuration`` reads it, with one more member ``users``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(port: str, database: str, configuration: str) -> None:
    os.environ["CLIENTS_DATABASE"] = database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.clients.settings"

    import django
    from django.core.management import call_command

    django.setup()
    from identity_bridge.models import User
    from identity_bridge.oidc.configuration import document, writing

    call_command("migrate", interactive=False, verbosity=0)
    writing.write(document.read_file(Path(configuration)))
    for given in json.loads(Path(configuration).read_text())["users"]:
        User.objects.create_user(given["username"], given["email"], given["password"])
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, insecure_serving=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
