"""``make contracts``: how many records of the real .NET come out right, by area."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from tests.run import PROVIDER

PYTEST = (sys.executable, "-m", "pytest", "-q", "-m", "contract")


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        log = Path(place, "log.jsonl")
        log.touch()
        areas: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        failures: list[str] = []
        worst, closing, cases = 0, [], []
        for project, folder in (("default", "tests"), ("provider", PROVIDER)):
            junit = Path(place, f"{project}.xml")
            settings = {"DJANGO_SETTINGS_MODULE": f"tests.projects.{project}.settings"}
            run = subprocess.run(
                [*PYTEST, folder, f"--junitxml={junit}"],
                env=os.environ | settings | {"CONTRACTS_LOG": str(log)},
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            worst = max(worst, run.returncode)
            closing.append(run.stdout.strip().splitlines()[-1])
            cases += ElementTree.parse(junit).iter("testcase")
        for case in cases:
            area = case.get("classname", "").removeprefix("tests.").replace(".test_", ": ")
            bad = case.find("failure") is not None or case.find("error") is not None
            skipped = case.find("skipped") is not None
            areas[area][2 if skipped else 1 if bad else 0] += 1
            if bad:
                failures.append(f"{area}: {case.get('name')}")
        for line in log.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            counts = areas[f"records of {entry['area']}"]
            counts[0] += entry["passed"]
            counts[1] += len(entry["failed"])
            failures += [f"{entry['area']}: {name}" for name in entry["failed"]]
    width = max(map(len, areas), default=0)
    for area, (passed, failed, skipped) in sorted(areas.items()):
        print(f"{area:{width}}  {passed:6} passed  {failed:4} failed  {skipped:4} skipped")
    for failure in failures[:50]:
        print("failed:", failure)
    print("\n".join(closing))
    return worst


if __name__ == "__main__":
    sys.exit(main())
