"""``python -m example_project.codes``: what the demo people's authenticator apps show now."""

from __future__ import annotations

import os


def main() -> None:
    os.environ["DEBUG"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

    import django
    from rich.console import Console

    django.setup()
    from .people import PEOPLE, current_code

    console = Console(highlight=False)
    for person in PEOPLE:
        if person.has_authenticator:
            console.print(f"{person.name}  [bold]{current_code(person.name) or 'none'}[/]")


if __name__ == "__main__":
    main()
