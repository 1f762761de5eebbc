"""``make test``: the whole suite, once for each database named.

The first database gets every test. The others get those that touch a database; what only reads
values would come out the same.
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
)


def main(arguments: list[str]) -> int:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    databases, extra = arguments[:at] or ["sqlite"], arguments[at + 1 :]
    pytest = (sys.executable, "-m", "pytest", "-q", "-n", "2")
    worst = 0
    for number, database in enumerate(databases):
        seed = secrets.randbelow(2**32)  # said, so that an order that fails can be had again
        print(f"== tests on {database}, --randomly-seed={seed}", flush=True)
        folders = [] if number == 0 else [path for path in WITH_DATABASE if os.path.isdir(path)]
        environment = os.environ | {
            "TEST_DATABASE": database,
            "TEST_DATABASES": " ".join(databases),
        }
        run = subprocess.run(
            [*pytest, f"--randomly-seed={seed}", *folders, *extra],
            env=environment,
            check=False,
        )
        worst = max(worst, run.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
