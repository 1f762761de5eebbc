"""``python -m tests.projects.clients.serve_party SETTINGS PORT``: a Django application, live."""

from __future__ import annotations

import os
import sys


def main(settings: str, port: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = settings

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
