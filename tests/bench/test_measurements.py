"""Every measurement still measures: each is taken once, and nobody looks at the times."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

FIGURES = {
    "hashing": (r"V2 SHA1/1000 .* ratio \d", r"V3 SHA256/10000 .* ratio \d", r"V3 SHA512/100000"),
    "login": (r"the rest -?[\d.]+ ms, (\d+) SQL statements",),
    "provider": (
        r"client_credentials .* 0 SQL .* ratio \d",
        r"code exchange .* ratio \d",
        r"refresh .* ratio \d",
        r"introspection .* ratio \d",
        r"userinfo .* ratio \d",
        *(
            (r"granian +[\d,]+/s; .* ratio \d", r"gunicorn +[\d,]+/s; .* ratio \d")
            if shutil.which("wrk") and shutil.which("openssl")
            else (r"client_credentials over HTTP: not measured",)
        ),
    ),
    "import": (r"SQLite +200 users, .* ratio \d",),
}


@pytest.mark.slow
@pytest.mark.parametrize("part", FIGURES)
def test_a_part_of_the_measurements_says_all_its_figures(part: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    run = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-m", "bench", part],
        env=environment | {"BENCH_ROUNDS": "1", "BENCH_USERS": "200", "BENCH_POSTGRESQL": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for figure in FIGURES[part]:
        assert re.search(figure, run.stdout), run.stdout
