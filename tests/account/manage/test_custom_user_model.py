"""A project's own subclass of AbstractIdentityUser has the same pages."""

from __future__ import annotations

import os
import subprocess
import sys


def test_a_subclass_registers_and_gives_its_columns_out() -> None:
    # A process of its own: AUTH_USER_MODEL cannot change once the apps are loaded.
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.admin.custom_user_settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.account.manage.custom_user_pages"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "all of it" in done.stdout
