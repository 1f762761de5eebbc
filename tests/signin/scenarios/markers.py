"""Compare values with the recorded ones, some of which are markers for what cannot be foretold."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from identity_bridge.aspnet import date_times, password_hash
from identity_bridge.aspnet.hash_blob import Blob
from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.passkeys.reading import from_base64url, to_base64url

from .passkey_operations import credential_of, members

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BASE32 = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[23456789BCDFGHJKMNPQRTVWXY]{5}-[23456789BCDFGHJKMNPQRTVWXY]{5}")
_TOLERANCE = timedelta(seconds=15)


def equal(expected: Any, value: Any, args: dict[str, Any]) -> bool:
    """Tell if a value is what was recorded, or what the marker describes."""
    if isinstance(value, PasskeyData):
        value = members(value)
    if isinstance(expected, dict) and "credential_of" in expected:
        known = credential_of(expected["credential_of"])
        return value in (known, to_base64url(known))
    if isinstance(expected, dict) and ("new" in expected or "now_plus_seconds" in expected):
        return _described(expected, value, args)
    if isinstance(value, datetime):
        return isinstance(expected, str) and _same_moment(expected, value)
    if isinstance(expected, dict) and isinstance(value, dict):
        return expected.keys() == value.keys() and all(
            equal(expected[key], value[key], args) for key in expected
        )
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(
            equal(one, other, args) for one, other in zip(expected, value, strict=True)
        )
    return bool(expected == value)


def _same_moment(expected: str, value: datetime) -> bool:
    if expected == "{now}":
        return abs(value - timezone.now()) < _TOLERANCE
    named = {"max": date_times.MAX_VALUE, "min": date_times.MIN_VALUE}
    return value == (named[expected] if expected in named else date_times.parse(expected))


def _described(marker: dict[str, Any], value: Any, args: dict[str, Any]) -> bool:
    if "now_plus_seconds" in marker:
        distance = value - timezone.now() - timedelta(seconds=marker["now_plus_seconds"])
        return abs(distance) < _TOLERANCE
    kind = marker["new"]
    if kind == "guid":
        return _GUID.fullmatch(value) is not None
    if kind == "now":
        return bool(abs(value - timezone.now()) < _TOLERANCE)
    if kind == "base64url":
        return len(from_base64url(value)) == marker["bytes"]
    if kind == "base64":
        return bool(base64.b64decode(value, validate=True))
    if kind == "base32_32":
        return _BASE32.fullmatch(value) is not None
    if kind == "recovery_codes":
        codes = value.split(";") if isinstance(value, str) else list(value)
        return len(codes) == marker["count"] and all(map(_CODE.fullmatch, codes))
    assert kind == "password_hash", marker
    blob = Blob.parse(value)
    password = args[marker["of_argument"]]
    right = password_hash.verify_hashed_password(value, password)
    return (
        right is not password_hash.Verdict.FAILED
        and f"V{blob.version}" == marker["format"]
        and (blob.version == 2 or blob.iterations == marker["iterations"])
        and (blob.version == 2 or f"HMAC{blob.prf.name}" == marker["prf"])
        and (len(blob.salt), len(blob.subkey)) == (16, 32)
    )
