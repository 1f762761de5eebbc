"""Checks of a project whose user is a subclass of AbstractIdentityUser."""

from __future__ import annotations

import os
import subprocess
import sys


def output_of(module: str) -> str:
    """Run a module's checks; AUTH_USER_MODEL cannot change once the apps are loaded."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.admin.custom_user_settings"}
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
