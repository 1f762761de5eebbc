"""Compares an answer with a recorded one, placeholders included."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from identity_bridge.oidc.keys import tokens as jwt

_TEXTS = {
    "{sid}": r"[0-9A-F]{32}",
    "{hex32}": r"[0-9A-F]{32}",
    "{handle}": r"[0-9A-F]{64}-1",
    "{hex64}": r"[0-9A-F]{64}",
    "{digits9}": r"[0-9]{9}",
    "{session_state}": r"[\w-]{43}\.[0-9A-F]{32}",
    "{nonce}": r".+",
    "{jkt}": r"[\w-]{43}",
    "{url}": r"\S+",
    "{kid}": r"\S+",
    "{n}": r"[\w-]+",
    "{x}": r"[\w-]+",
    "{y}": r"[\w-]+",
    "{html with script}": r"(?s).*<script>.*",
}
_UNORDERED = {
    "scope",
    "scopes",
    "aud",
    "amr",
    "role",
    "department",
    "client_ids",
    "scopes_supported",
}
_UNORDERED |= {"identity_scopes", "api_scopes", "claims_supported", "grant_types_supported"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of an answer that is not as recorded: ``4.body.error`` is of the fifth step."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


class Matcher:
    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.siblings: dict[str, Any] = {}

    def differ(self, place: str, what: str) -> None:
        self.differences.append(Difference(place, what))

    def compare(self, expected: Any, found: Any, place: str) -> None:
        if isinstance(expected, dict) and "$jwt" in expected:
            self._token(expected["$jwt"], found, place)
        elif isinstance(expected, dict):
            self._members(expected, found, place)
        elif isinstance(expected, list):
            self._items(expected, found, place)
        elif isinstance(expected, str) and "{" in expected:
            self._placeholder(expected, found, place)
        elif place.endswith(".scope") and isinstance(expected, str) and isinstance(found, str):
            self._equal(sorted(expected.split()), sorted(found.split()), place)
        else:
            self._equal(expected, found, place)

    def _equal(self, expected: Any, found: Any, place: str) -> None:
        if expected != found or type(expected) is not type(found):
            self.differ(place, f"recorded {expected!r}, found {found!r}")

    def _members(self, expected: dict[str, Any], found: Any, place: str) -> None:
        if not isinstance(found, dict):
            self._equal(expected, found, place)
            return
        for name in expected.keys() | found.keys():
            if name == "error_description":
                continue
            if name not in found:
                self.differ(f"{place}.{name}", f"recorded {expected[name]!r}, absent")
            elif name not in expected:
                self.differ(f"{place}.{name}", f"not recorded, found {found[name]!r}")
            else:
                before, self.siblings = self.siblings, found
                self.compare(expected[name], found[name], f"{place}.{name}")
                self.siblings = before

    def _items(self, expected: list[Any], found: Any, place: str) -> None:
        if not isinstance(found, list) or len(found) != len(expected):
            self._equal(expected, found, place)
            return
        if place.rpartition(".")[2] in _UNORDERED:
            expected, found = sorted(expected), sorted(found)
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            self.compare(one, other, f"{place}[{number}]")

    def _placeholder(self, expected: str, found: Any, place: str) -> None:
        if expected == "{epoch}":
            if not isinstance(found, int):
                self._equal(expected, found, place)
        elif moment := re.fullmatch(r"\{now(\+\d+)?\}", expected):
            self._equal(self.siblings.get("iat", 0) + int(moment[1] or 0), found, place)
        elif expected.startswith("{kid:") or expected in {"{at_hash}", "{c_hash}"}:
            if not isinstance(found, str) or not found:
                self._equal(expected, found, place)
        else:
            pattern = re.escape(expected)
            for name, text in _TEXTS.items():
                pattern = pattern.replace(re.escape(name), text)
            pattern = pattern.replace(r"\{user_code\}", "[0-9]{9}")
            if not isinstance(found, str) or not re.fullmatch(pattern, found):
                self._equal(expected, found, place)

    def _token(self, expected: dict[str, Any], found: Any, place: str) -> None:
        verified = jwt.verify_ours(found) if isinstance(found, str) else None
        if verified is None:
            self.differ(place, f"no token that our keys have signed: {found!r}")
            return
        self.compare(expected["header"], verified.header, f"{place}.header")
        hashes = {"at_hash": "access_token", "c_hash": "code"}
        for claim, of in hashes.items():
            if claim in verified.claims and of in self.siblings:
                digest = sha256(self.siblings[of].encode()).digest()[:16]
                right = urlsafe_b64encode(digest).rstrip(b"=").decode()
                self._equal(right, verified.claims[claim], f"{place}.{claim}")
        self.compare(expected["claims"], verified.claims, f"{place}.claims")
