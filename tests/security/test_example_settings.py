"""What the example project's settings promise in production."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import django
django.setup()
from django.contrib.auth.forms import SetPasswordForm
from django.core.cache import cache
from identity_bridge.models import User
form = SetPasswordForm(User(username="ada"), {"new_password1": "a", "new_password2": "a"})
print(form.is_valid(), len(form.errors["new_password2"]) if form.errors else 0)
print(cache._max_entries)
"""


def test_weak_passwords_are_refused_and_counters_are_not_pushed_out(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "SECRET_KEY": "k" * 60,
        "DEBUG": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    accepted, entries = done.stdout.splitlines()
    assert accepted.startswith("False ")
    assert int(entries) >= 100_000
