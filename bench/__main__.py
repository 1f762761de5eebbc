"""``make bench``: print every figure. ``python -m bench hashing login import`` chooses;
BENCH_ROUNDS says how often each is taken."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")


def main(chosen: list[str]) -> None:
    import django

    django.setup()
    from bench import hashing, importing, login, provider

    parts = {
        "hashing": hashing.main,
        "login": login.main,
        "provider": provider.main,
        "import": importing.main,
    }
    for name in chosen or parts:
        parts[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
