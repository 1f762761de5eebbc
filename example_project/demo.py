"""``python -m example_project.demo``: an ASP.NET installation, carried over and served.

Makes the tables, imports the bundled database with the command everybody uses, says who can
sign in, and serves on localhost (browsers know passkeys by a name, not by an address). Run it
again at any time: nothing comes twice.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

SOURCE = Path(__file__).resolve().parent / "data" / "aspnet.sqlite3"

#: Of import_aspnet_identity: all is in, but some records of the source are odd.
NEEDS_ATTENTION = 1


def main(arguments: list[str]) -> None:
    os.environ["DEBUG"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

    import django
    from django.core.management import call_command
    from rich.console import Console

    django.setup()
    from django.conf import settings

    console = Console(highlight=False)
    address = f"http://localhost:{settings.DEMO_PORT}/"
    carry_over(console)
    set_up_provider(console, address)
    show_people(console, address)
    if "--no-server" not in arguments:
        call_command("runserver", f"127.0.0.1:{settings.DEMO_PORT}", use_reloader=False)


def carry_over(console: Console) -> None:
    """Make the tables and import; where everything is in, both say so and do nothing.

    :raises SystemExit: the import could not go on; it has said why.
    """
    from django.core.management import CommandError, call_command

    console.rule("[bold]The tables[/]", align="left")
    call_command("migrate", interactive=False, verbosity=1)
    console.rule("[bold]The import of an ASP.NET Core Identity database[/]", align="left")
    try:
        call_command("import_aspnet_identity", str(SOURCE))
    except CommandError as error:
        raise SystemExit(f"The import did not run: {error}") from error
    except SystemExit as ended:
        if ended.code != NEEDS_ATTENTION:
            raise
        console.print(
            "The records named above need a person's attention; all others are in. This is what "
            "odd data looks like: the bundled database holds some on purpose.\n"
        )


def set_up_provider(console: Console, address: str) -> None:
    """Load the clients and scopes of the OpenID provider, as ``load_oidc_configuration`` does."""
    from identity_bridge.oidc.configuration import document, writing

    from .provider import configuration

    console.rule("[bold]The OpenID provider[/]", align="left")
    counts = writing.write(document.parse(configuration(address)))
    for part, count in counts.items():
        console.print(
            f"{part.replace('_', ' ')}: {count.created} created, {count.updated} updated, "
            f"{count.unchanged} unchanged"
        )
    console.print(
        f"Its document: {address}.well-known/openid-configuration\n"
        f"A client that uses it: [bold]{address}relying-party/[/]\n",
        soft_wrap=True,
    )


def show_people(console: Console, address: str) -> None:
    """Say who can sign in, with the codes that work now."""
    from rich.table import Table

    from .people import PEOPLE, a_recovery_code, current_code

    console.rule("[bold]Sign in[/]", align="left")
    table = Table(
        "User name", "Password", "Code now", "Recovery code", "Who", box=None, pad_edge=False
    )
    for person in PEOPLE:
        code = current_code(person.name) if person.has_authenticator else None
        recovery = a_recovery_code(person.name) if person.shows_recovery_code else None
        table.add_row(person.name, person.password, code or "", recovery or "", person.about)
    console.print(table)
    console.print(
        "\nCodes change every 30 seconds: [bold]python -m example_project.codes[/] prints new ones."
        "\nNobody becomes staff by an import. For the admin make an account of your own, in "
        "another terminal:\n  [bold]DEBUG=1 python manage.py createsuperuser[/]"
        f"\n\nNow open [bold]{address}[/] (Ctrl+C ends it)\n",
        soft_wrap=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
