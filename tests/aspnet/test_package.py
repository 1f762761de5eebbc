from __future__ import annotations

import pkgutil
import subprocess
import sys

import identity_bridge.aspnet

MODULES = sorted(
    f"identity_bridge.aspnet.{module.name}"
    for module in pkgutil.iter_modules(identity_bridge.aspnet.__path__)
)


def test_importing_the_package_loads_no_framework_and_no_database():
    program = (
        f"import sys, importlib\nfor name in {MODULES!r}: importlib.import_module(name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"django", "sqlalchemy", "rich", "sqlite3", "socket"})


def test_no_module_is_a_drawer():
    names = {name.rpartition(".")[2] for name in MODULES}
    assert names.isdisjoint({"utils", "helpers", "common", "misc", "core"})
