from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.date_times import (
    MAX_VALUE,
    MIN_VALUE,
    canonical,
    clamp,
    format_sqlite,
    parse,
    to_text,
)
from identity_bridge.aspnet.errors import DateTimeError
from tests.fixtures_data import FIXTURES_DIR, load_json

MOMENT = datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02 03:04:05.1234567+00:00",
        "2024-01-02T03:04:05.1234567Z",
        "2024-01-02T03:04:05.123456",
        "2024-01-02 03:04:05.123456",
        "2024-01-02 03:04:05.123456+00",
        "2024-01-02 03:04:05.1234567 +00:00",
        "2024-01-02 04:34:05.123456789+0130",
        "2024-01-01 17:04:05.123456-10",
        "2024-01-02T03:04:05.123456999Z",
    ],
)
def test_every_spelling_is_read_and_cut_to_microseconds(text):
    assert parse(text) == MOMENT
    assert parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("", 0),
        (".1", 100_000),
        (".12", 120_000),
        (".89", 890_000),
        (".000001", 1),
        (".9999999", 999_999),
    ],
)
def test_fractions_of_any_length_are_read(text, microsecond):
    assert parse(f"2021-03-04 05:06:07{text}+00:00").microsecond == microsecond


def test_a_date_alone_is_its_midnight():
    assert parse("2024-01-02") == datetime(2024, 1, 2, tzinfo=UTC)
    assert parse("2024-01-02 03:04") == datetime(2024, 1, 2, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "infinity",
        "9999-12-31 23:59:59.9999999+00:00",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31 23:59:59.997",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31 00:00:00",
    ],
)
def test_the_end_of_time_is_one_value(text):
    assert parse(text) == MAX_VALUE
    assert format_sqlite(parse(text)) == "9999-12-31 23:59:59.9999999+00:00"


@pytest.mark.parametrize(
    "text",
    ["-infinity", "0001-01-01 00:00:00+00:00", "0001-01-01T00:00:00+14:00", "0001-01-02"],
)
def test_the_beginning_of_time_is_one_value(text):
    assert parse(text) == MIN_VALUE
    assert format_sqlite(parse(text)) == "0001-01-01 00:00:00+00:00"


def test_the_ends_can_be_shown_in_every_time_zone():
    for hours in (-14, 14):
        for end in (MAX_VALUE, MIN_VALUE):
            assert end.astimezone(timezone(timedelta(hours=hours))) == end


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "0000-00-00 00:00:00",
        "2024-02-30",
        "2024-01-02 25:00:00",
        "2024-01-02 03:04:60",
        "2024-01-02 03:04:05.",
        "2024-01-02 03:04:05.1234567890",
        "2024-01-02 03:04:05+15:00",
        "2024-01-02 03:04:05+01:60",
        "2024-01-02 03:04:05 UTC",
        "٢٠٢٤-01-02",
        "2024-01-02\n",
        "Infinity",
        "2024-01-02" + " " * 100,
    ],
)
def test_garbage_is_refused(text):
    with pytest.raises(DateTimeError) as caught:
        parse(text)
    assert caught.value.code == "date_time_invalid"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC), "2099-12-31 23:59:59+00:00"),
        (datetime(2021, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC), "2021-03-04 05:06:07.89+00:00"),
        (datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2023-12-31 22:00:00+00:00"),
        (datetime(2024, 1, 1), "2024-01-01 00:00:00+00:00"),
        (datetime(987, 1, 1, tzinfo=UTC), "0987-01-01 00:00:00+00:00"),
    ],
)
def test_sqlite_text_is_written_as_by_ef_core(moment, text):
    assert format_sqlite(moment) == text


def _stored_texts():
    import sqlite3

    for name in ("sqlite_v3_guid", "sqlite_v3_string", "sqlite_v1_int", "sqlite_v1_string"):
        path = FIXTURES_DIR / "databases" / name / "app.db"
        if path.exists():
            connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
            try:
                yield from connection.execute(
                    "SELECT LockoutEnd FROM AspNetUsers WHERE LockoutEnd IS NOT NULL"
                ).fetchall()
            finally:
                connection.close()


@pytest.mark.contract
def test_what_ef_core_wrote_to_sqlite_is_written_back_the_same_but_for_the_seventh_digit():
    texts = {text for (text,) in _stored_texts()}
    assert texts or not (FIXTURES_DIR / "databases").exists()
    for text in texts:
        assert canonical(text) == text.replace(" ", "T")
        cut = text.replace(".1234567", ".123456")
        assert format_sqlite(parse(text)) == cut


@pytest.mark.contract
def test_every_lockout_end_of_the_manifests_is_read():
    for path in sorted((FIXTURES_DIR / "databases").glob("*/manifest.json")):
        for user in load_json(f"databases/{path.parent.name}/manifest.json").get("users", []):
            if user.get("lockout_end"):
                assert MIN_VALUE <= parse(user["lockout_end"]) <= MAX_VALUE


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2024-01-02 03:04:05.1200000+02", "2024-01-02T03:04:05.12+02:00"),
        ("2024-01-02T03:04:05.0000000Z", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05.123456789-0330", "2024-01-02T03:04:05.1234567-03:30"),
        ("infinity", "9999-12-31T23:59:59.9999999+00:00"),
    ],
)
def test_the_canonical_text_keeps_seven_digits_and_the_offset(text, spelled):
    assert canonical(text) == spelled


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=OFFSETS | st.none()))
def test_a_moment_survives_writing_and_reading(moment):
    assert parse(format_sqlite(moment)) == clamp(moment)
    assert parse(to_text(moment)) == clamp(moment)
    assert canonical(to_text(moment)) == to_text(moment)


@given(
    st.text(st.characters())
    | st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?", fullmatch=True
    )
)
def test_hostile_text_raises_nothing_but_its_own_error(text):
    with contextlib.suppress(DateTimeError):
        assert MIN_VALUE <= parse(text) <= MAX_VALUE
