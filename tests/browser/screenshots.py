"""``python -m tests.browser.screenshots``: a picture of every page into docs/screenshots, and the
page that shows them.

Makes the journeys at both widths and keeps what they see: light at 1280 px, dark at 360 px.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "screenshots"
PAGE = DOCS / "screenshots.md"
COLOURS = 52
HEAD = """# Screenshots

Every page, as it is where a project changes nothing: in a wide window, and on a phone with dark
colours.
How to change them says [the guide to the account pages](how-to/account-pages.md).
`python -m tests.browser.screenshots` takes these pictures and writes this page.
"""


def files_of(name: str) -> tuple[str, str]:
    return f"{name}.png", f"{name}-phone.png"


def page(modules: list[ModuleType]) -> str:
    """Return the page as the journeys have it."""
    parts = [HEAD]
    for module in modules:
        captions: dict[str, str] = getattr(module, "PAGES", {})
        if captions:
            parts.append(f"\n## {module.__doc__}\n")
        for name, caption in captions.items():
            wide, phone = (f"screenshots/{file}" for file in files_of(name))
            parts.append(f"\n### {caption}\n\n![{caption}, wide]({wide})\n")
            parts.append(f"![{caption}, on a phone]({phone})\n")
    return "".join(parts)


def take(folder: Path) -> None:
    """Make all journeys and keep the pictures in a folder."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.projects.browser.settings",
        "SCREENSHOTS": str(folder),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly"]
    chosen = ["tests/browser/test_journeys.py", "-k", "desktop or phone"]
    subprocess.run([*command, *chosen], env=os.environ | environment, check=True)


def keep(taken: Path, kept: Path) -> None:
    """Keep a picture in few colours: what a page shows is flat, and the file a third."""
    with Image.open(taken) as picture:
        picture.convert("RGB").quantize(COLOURS).save(kept, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        taken = Path(place)
        take(taken)
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir()
        for picture in sorted(taken.glob("*.png")):
            keep(picture, FOLDER / picture.name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.browser.settings"
    import django

    django.setup()
    from .journeys import modules

    PAGE.write_text(page(modules()), encoding="utf-8")


if __name__ == "__main__":
    main()
