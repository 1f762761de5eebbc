"""The house rules that a machine can read off the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import identity_bridge
from identity_bridge.exceptions import IdentityBridgeError
from tests.modules import import_all

PACKAGE = Path(identity_bridge.__file__).parent
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
NAMES = [str(path.relative_to(PACKAGE)) for path in SOURCES]

DRAWERS = {"utils", "helpers", "common", "misc", "core"}
MAX_LINES = 400
#: Pure modules, as far as they exist.
PURE = ("aspnet", "importing/plan.py", "importing/records.py", "oidc/protocol")


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_module_is_a_drawer(path: Path) -> None:
    assert not DRAWERS & {path.stem, *path.relative_to(PACKAGE).parts[:-1]}


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_is_of_readable_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_annotations_are_not_evaluated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    body = ast.parse(text).body
    assert not body or any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in body
    )


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_path_of_a_machine_and_no_issue_number(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:home|root|Users|work|tmp|var|opt)/", text)
    assert not re.search(r"[A-Z]:\\\\?(?:Users|inetpub)", text)
    assert not re.search(r"(?<!Annex )(?<!UAX )#\d+\b|\bissues?[ /]#?\d+|\bGH-\d+", text)


def pure_modules() -> list[str]:
    found = []
    for entry in PURE:
        place = PACKAGE / entry
        for path in [place] if place.suffix else sorted(place.rglob("*.py")):
            if path.exists():
                parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
                found.append(".".join(parts).removesuffix(".__init__"))
    return found


def test_pure_modules_import_no_django() -> None:
    code = (
        f"import importlib, sys\nfor name in {pure_modules()!r}: importlib.import_module(name)\n"
        "loaded = {'django', 'sqlalchemy', 'rich'} & {name.split('.')[0] for name in sys.modules}\n"
        "assert not loaded, loaded"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _all_errors(base: type[IdentityBridgeError]) -> list[type[IdentityBridgeError]]:
    return [base, *(error for child in base.__subclasses__() for error in _all_errors(child))]


def test_each_error_has_a_code_of_its_own() -> None:
    import_all()
    errors = [
        error for error in _all_errors(IdentityBridgeError) if "tests" not in error.__module__
    ]
    codes = [error.code for error in errors]
    assert sorted(codes) == sorted(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)
