"""A secret key for trying things out: made once, kept in a file nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_secret_key(path: Path) -> str:
    """Return the key in the file; make it first where there is none."""
    path.parent.mkdir(exist_ok=True)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    key = get_random_secret_key()
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(key)
    return key
