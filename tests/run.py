"""``make test``: the whole suite, once for each database named.

The first database gets every test. The others get those that touch a database; what only reads
values would come out the same. The OpenID provider's tests run in a project of their own: an
application that does not install it is the rule. A real browser visits a third project, on the
first database only, unless WITHOUT_BROWSER is set.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

#: Folders whose tests talk to Django's database.
WITH_DATABASE = (
    "tests/models",
    "tests/users",
    "tests/signin",
    "tests/claims",
    "tests/importing",
    "tests/adoption",
    "tests/account",
    "tests/admin",
    "tests/security",
    "tests/passwords",
    "tests/external",
)
#: What sends the same to every page: it is our code that answers, whatever the database.
ONCE = ("tests/account/test_every_page.py",)
#: pytest's exit code where nothing was collected.
NO_TESTS = 5

PROVIDER = "tests/oidc"
BROWSER = "tests/browser"
CLIENTS = "tests/clients"
"""Real client libraries against a live server, which has a database of its own."""


def main(arguments: list[str]) -> int:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    databases, extra = arguments[:at] or ["sqlite"], arguments[at + 1 :]
    pytest = (sys.executable, "-m", "pytest", "-q", "-n", "2")
    worst = 0
    for number, database in enumerate(databases):
        seed = secrets.randbelow(2**32)  # said, so that an order that fails can be had again
        print(f"== tests on {database}, --randomly-seed={seed}", flush=True)
        folders = []
        if number > 0:
            folders = [path for path in WITH_DATABASE if os.path.isdir(path)]
            folders += [f"--ignore={path}" for path in ONCE]
        environment = os.environ | {
            "TEST_DATABASE": database,
            "TEST_DATABASES": " ".join(databases),
        }
        provider = [PROVIDER, CLIENTS] if number == 0 else [PROVIDER]
        projects = [("default", folders), ("provider", provider)]
        if number == 0 and not os.environ.get("WITHOUT_BROWSER"):
            projects.append(("browser", [BROWSER]))
        for project, chosen in projects:
            settings = {"DJANGO_SETTINGS_MODULE": f"tests.projects.{project}.settings"}
            run = subprocess.run(
                [*pytest, f"--randomly-seed={seed}", *chosen, *extra],
                env=environment | settings,
                check=False,
            )
            if run.returncode != NO_TESTS or not extra:  # -k may choose from one project only
                worst = max(worst, run.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
