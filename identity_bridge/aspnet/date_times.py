"""DateTimeOffset: read every spelling the databases use, write SQLite's.

Two values mean "for ever" and "never". .NET has DateTimeOffset.MaxValue and MinValue for them,
PostgreSQL ``infinity``; a Python datetime that close to the end overflows as soon as somebody
converts its time zone. Here they are MAX_VALUE and MIN_VALUE, a day inside; every value at or
beyond them reads as them and is written back as .NET's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import DateTimeError

MAX_VALUE = datetime(9999, 12, 31, tzinfo=UTC)
MIN_VALUE = datetime(1, 1, 2, tzinfo=UTC)

_MAX_TEXT = "9999-12-31T23:59:59.9999999+00:00"
_MIN_TEXT = "0001-01-01T00:00:00+00:00"
_INFINITE = {"infinity": _MAX_TEXT, "-infinity": _MIN_TEXT}

_MAX_CHARACTERS = 64

_SPELLING = re.compile(
    r"""(?P<date>\d{4}-\d\d-\d\d)
        (?:[T ](?P<time>\d\d:\d\d)(?P<second>:\d\d)?(?:\.(?P<fraction>\d{1,9}))?
           (?:\ ?(?:Z|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?))?
        )?""",
    re.ASCII | re.VERBOSE,
)


def parse(text: str) -> datetime:
    """Return the moment as an aware datetime in UTC, cut to microseconds.

    Reads ISO 8601 and the spellings of EF Core on SQLite, SQL Server, PostgreSQL and MySQL: T or
    a space, up to nine fraction digits, no offset (UTC), ``Z``, ``+00``, ``+0530``, ``+05:30``,
    with a space before it or not, ``infinity`` and ``-infinity``. Raises DateTimeError.
    """
    # canonical has a seventh digit that datetime cannot hold; fromisoformat cuts it off.
    return clamp(_moment(canonical(text)))


def canonical(text: str) -> str:
    """Return the same moment as System.Text.Json writes it, with its offset and seven digits.

    ``2025-11-20T10:11:12.1234567+00:00``; zeros at the end of the fraction are cut off. Raises
    DateTimeError.
    """
    if text in _INFINITE:
        return _INFINITE[text]
    found = None if len(text) > _MAX_CHARACTERS else _SPELLING.fullmatch(text)
    if found is None:
        raise DateTimeError(f"{text[:_MAX_CHARACTERS]!r} is not a date and time")
    time = f"{found['time'] or '00:00'}{found['second'] or ':00'}"
    fraction = (found["fraction"] or "")[:7].rstrip("0")
    offset = f"{found['sign'] or '+'}{found['hours'] or '00'}:{found['minutes'] or '00'}"
    spelled = f"{found['date']}T{time}{'.' if fraction else ''}{fraction}{offset}"
    _moment(spelled)
    return spelled


def clamp(moment: datetime) -> datetime:
    """Return an aware datetime in UTC, not beyond MIN_VALUE and MAX_VALUE; naive means UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if moment >= MAX_VALUE:
        return MAX_VALUE
    return MIN_VALUE if moment <= MIN_VALUE else moment.astimezone(UTC)


def format_sqlite(moment: datetime) -> str:
    """Return the text EF Core stores on SQLite: ``yyyy-MM-dd HH:mm:ss.FFFFFFFzzz`` in UTC."""
    return to_text(moment).replace("T", " ")


def to_text(moment: datetime) -> str:
    """Return the moment as ``canonical`` does, in UTC; the ends as .NET's Max- and MinValue."""
    moment = clamp(moment)
    if moment == MAX_VALUE:
        return _MAX_TEXT
    if moment == MIN_VALUE:
        return _MIN_TEXT
    seconds = moment.replace(microsecond=0, tzinfo=None).isoformat()
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{seconds}{fraction}+00:00"


def _moment(spelled: str) -> datetime:
    body, offset = spelled[:-6], spelled[-6:]
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
    try:
        local = datetime.fromisoformat(body)
    except ValueError as error:
        raise DateTimeError(f"{spelled!r} is not a date and time: {error}") from None
    if shift > timedelta(hours=14) or int(offset[4:]) > 59:
        raise DateTimeError(f"offset {offset} found, expected at most 14 hours")
    try:
        return (local + shift if offset[0] == "-" else local - shift).replace(tzinfo=UTC)
    except OverflowError:
        return MAX_VALUE if offset[0] == "-" else MIN_VALUE
