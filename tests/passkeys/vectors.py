"""The ceremonies that the real .NET judged (tests/fixtures/vectors/passkeys.json)."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from identity_bridge.passkeys.reading import to_base64url
from tests.fixtures_data import FIXTURES_DIR, load_json

from .authenticator import Authenticator

FILE = "vectors/passkeys.json"
_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
_ROW = re.compile(r"^\| (registration|assertion) `([^`]+)` \| (.+) \|$", re.MULTILINE)


@cache
def vectors() -> dict[str, Any]:
    return load_json(FILE)  # type: ignore[no-any-return]


def parameters(kind: str) -> list[Any]:
    """Return the records of ``registrations``, ``assertions`` or ``passkeys``, named."""
    if not (FIXTURES_DIR / FILE).exists():
        reason = f"{FILE} is not in FIXTURES_DIR ({FIXTURES_DIR})"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")]
    return [
        pytest.param(record, id=record.get("category") or record["key"])
        for record in vectors()[kind]
    ]


def listed(kind: str) -> dict[str, str]:
    """Return category -> reason of the differences we want, from docs/reference/differences.md."""
    rows = [
        (name, reason)
        for found, name, reason in _ROW.findall(_PAGE.read_text(encoding="utf-8"))
        if found == kind
    ]
    assert len(dict(rows)) == len(rows), "a record is listed twice"
    return dict(rows)


def passkey(key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in vectors()["passkeys"] if one["key"] == key)
    return found


def authenticator(key: str) -> Authenticator:
    vector = passkey(key)
    return Authenticator.of_vector(vector, base64.b64decode(vector["private_key_pkcs8"]))


def state_of(text: str | None) -> dict[str, Any] | None:
    """Return challenge and user of a recorded state; None where it holds neither."""
    try:
        state = json.loads(text or "")
    except ValueError:
        return None
    user = state.get("userEntity", {}).get("id", state.get("userId"))
    return {"challenge": to_base64url(base64.b64decode(state["challenge"])), "user": user}
