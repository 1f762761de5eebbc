"""The differences we want, read from the page that explains them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
_NAME = r"`[a-z_]+-\d{3}`"
_ROW = re.compile(rf"^\| trace ({_NAME}(?:, {_NAME})*) \| .+ \| `(.+)` \|$", re.MULTILINE)
_LISTED = re.compile(r"^\| trace `", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a conversation goes otherwise here."""

    places: frozenset[str] = frozenset()
    """``4.status``; ``4.*`` is whatever differs in that step, which something has to."""

    def wrong_with(self, found: Iterable[str]) -> list[str]:
        """Return where the places that differ are not those of the table."""
        differ = set(found)
        whole = {place for place in self.places if place.endswith(".*")}
        wrong = [
            f"{place} differs and is not listed"
            for place in sorted(differ - self.places)
            if _step_of(place) not in whole
        ]
        stale = (self.places - whole - differ) | (whole - set(map(_step_of, differ)))
        return wrong + [f"{place} is listed and does not differ" for place in sorted(stale)]


def listed() -> dict[str, Listed]:
    """Return trace id -> what is known of it, from the table of docs/reference/differences.md.

    A row has a reason of its own, so a conversation may have several, and a row several
    conversations.
    """
    page = _PAGE.read_text(encoding="utf-8")
    rows = _ROW.findall(page)
    assert len(rows) == len(_LISTED.findall(page)), "a row has not the form of the others"
    found: dict[str, Listed] = {}
    for names, where in rows:
        places = places_of(where)
        for name in re.findall(r"[a-z_]+-\d{3}", names):
            before = found.get(name, Listed()).places
            assert not before & places, f"{name}: a place is listed twice"
            found[name] = Listed(before | places)
    return found


def places_of(where: str) -> frozenset[str]:
    """Return the places of ``1: *; 4: status body.error``."""
    places = set()
    for part in where.split(";"):
        step, _colon, names = part.partition(":")
        assert step.strip().isdecimal(), f"{where!r}: {step!r} is no step"
        assert names.split(), f"{where!r} names no place of step {step}"
        places |= {f"{int(step)}.{name}" for name in names.split()}
    return frozenset(places)


def _step_of(place: str) -> str:
    return place.partition(".")[0] + ".*"
