"""Conversion of single values."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid

import pytest

from identity_bridge.importing.sources.naming import mask
from identity_bridge.importing.sources.profile_data import parse_profile
from identity_bridge.importing.sources.values import guid_text, to_jsonable

GUID = "00112233-4455-6677-8899-aabbccddeeff"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (decimal.Decimal("3270.5000"), "3270.5000"),
        (dt.date(2003, 2, 16), "2003-02-16"),
        (dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC), "2020-01-02T03:04:05+00:00"),
        (dt.time(1, 2), "01:02:00"),
        (dt.timedelta(minutes=2), 120.0),
        (b"\x00\xff", "AP8="),
        (memoryview(b"\x00"), "AA=="),
        (uuid.UUID(GUID), GUID),
        (float("inf"), "inf"),
        (1.5, 1.5),
        ({"a": [decimal.Decimal("1.0")]}, {"a": ["1.0"]}),
        ((1, b""), [1, ""]),
    ],
)
def test_custom_values_become_what_json_can_hold(value, expected):
    assert to_jsonable(value) == expected
    json.dumps(to_jsonable(value), allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [uuid.UUID(GUID), GUID.upper(), bytes.fromhex("33221100554477668899aabbccddeeff")],
)
def test_guids_come_as_dotnet_prints_them(value):
    assert guid_text(value) == GUID


def test_what_is_no_guid_stays_for_the_plan_to_report():
    assert guid_text(7) == 7
    assert guid_text(b"short") == b"short"


def test_profile_properties_are_cut_out_of_their_columns():
    names = "First:S:0:6:City:S:6:4:Photo:B:0:2:Gone:S:0:-1:"
    assert parse_profile(names, "JürgenKöln", b"\x01\x02") == {
        "First": "Jürgen",
        "City": "Köln",
        "Photo": b"\x01\x02",
        "Gone": None,
    }


def test_profile_positions_count_utf_16_units():
    assert parse_profile("A:S:0:2:B:S:2:1:", "😀x", None) == {"A": "😀", "B": "x"}


@pytest.mark.parametrize("names", ["A:S:0:99:", "A:S:x:1:", "A:S:-1:1:", "A:B:0:1:", "A", "", None])
def test_nonsense_in_a_profile_is_left_out(names):
    assert parse_profile(names, "short", None) == {}


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:s3cret@host/db",
        "postgresql://ann:s3c@ret@host/db",
        "mssql://ann:s3 cret@host",
        "host=x password=s3cret dbname=y",
        "Server=x;PWD=s3cret;Database=y",
    ],
)
def test_masked_texts_hold_no_password(text):
    assert "s3c" not in mask(text)
    assert "ret" not in mask(text)
    assert "***" in mask(text)
