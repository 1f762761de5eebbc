"""Values of drivers and export files, and the keys of one type in another."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet import date_times
from identity_bridge.importing.conversion import (
    KeyDoesNotFit,
    to_bool,
    to_int,
    to_key,
    to_lockout_end,
    to_text,
)


class Notes(list[str]):
    def __call__(self, code: str, message: str) -> None:
        self.append(code)


@pytest.mark.parametrize(
    ("value", "expected", "codes"),
    [
        (True, True, []),
        (0, False, []),
        (7, True, []),
        (b"\x00", False, []),
        (b"\x01", True, []),
        ("t", True, []),
        ("f", False, []),
        (" TRUE ", True, ["boolean_as_text"]),
        ("no", False, ["boolean_as_text"]),
        ("perhaps", True, ["boolean_unreadable"]),
        (None, True, []),
    ],
)
def test_booleans_of_every_spelling(value: Any, expected: bool, codes: list[str]) -> None:
    notes = Notes()
    assert to_bool(value, column="X", default=True, note=notes) is expected
    assert notes == codes


@pytest.mark.parametrize(
    ("value", "expected", "odd"),
    [
        (5, 5, False),
        ("5", 5, False),
        (None, 0, False),
        ("many", 0, True),
        (2**31, 0, True),
        (-(2**31), -(2**31), False),
        (True, 0, True),
    ],
)
def test_integers_of_32_bits(value: Any, expected: int, odd: bool) -> None:
    notes = Notes()
    assert to_int(value, column="X", default=0, note=notes) == expected
    assert notes == ["integer_as_text"] * odd


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2030-01-01 00:00:00+00:00", None),
        ("2030-01-01 00:00:00", "lockout_end_without_offset"),
        ("2030-01-01T00:00:00Z", "lockout_end_iso_format"),
        ("2030-01-01 02:00:00+02:00", "lockout_end_other_offset"),
        (datetime(2030, 1, 1, tzinfo=UTC), None),
    ],
)
def test_the_end_of_a_lockout(value: Any, code: str | None) -> None:
    notes = Notes()
    moment = to_lockout_end(value, has_offsets=True, note=notes)
    assert moment == datetime(2030, 1, 1, tzinfo=UTC)
    assert notes == ([code] if code else [])


@given(st.one_of(st.text(), st.binary(), st.floats(), st.integers()))
def test_an_end_of_a_lockout_that_cannot_be_read_locks(value: Any) -> None:
    notes = Notes()
    moment = to_lockout_end(value, has_offsets=False, note=notes)
    assert moment is not None
    assert notes in ([], ["lockout_end_unreadable"])
    assert not notes or moment == date_times.MAX_VALUE


@given(st.uuids())
def test_a_guid_is_written_as_dotnet_prints_it(value: uuid.UUID) -> None:
    for given_as in (value, str(value), str(value).upper()):
        assert to_key(given_as, "guid") == str(value)
    assert to_key(value, "string") == str(value)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_fit_or_are_refused(number: int) -> None:
    assert to_key(number, "bigint") == to_key(str(number), "bigint") == number
    assert to_key(number, "string") == str(number)
    if -(2**31) <= number < 2**31:
        assert to_key(number, "int") == number
    else:
        with pytest.raises(KeyDoesNotFit):
            to_key(number, "int")


@pytest.mark.parametrize("key", ["", " 1", "1.0", "01", "+1", "١", "1_000", "0x1", "abc", "1e3"])
def test_what_only_resembles_a_number_is_no_key(key: str) -> None:
    """Two different keys of the source must not become one."""
    for key_type in ("int", "bigint", "guid"):
        with pytest.raises(KeyDoesNotFit):
            to_key(key, key_type)


@given(st.text())
def test_any_text_is_a_string_key_as_it_is(key: str) -> None:
    assert to_key(key, "string") == key


def test_text_of_a_database_without_types() -> None:
    assert to_text(b"J\xc3\xb6rg") == "Jörg"
    assert to_text(b"\xff") == "\ufffd"
    assert to_text(5) == "5"
    assert to_text(None) is None
