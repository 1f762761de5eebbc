"""LockoutEnd: for ever, never, seven digits, offsets, and text that is no date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection

from identity_bridge.aspnet.date_times import MAX_VALUE, MIN_VALUE
from identity_bridge.models import User

WRITTEN = {
    "sqlite": ("9999-12-31 23:59:59.9999999+00:00", "0001-01-01 00:00:00+00:00"),
    "postgresql": ("infinity", "-infinity"),
    "mysql": ("9999-12-31 23:59:59.999999", "0001-01-01 00:00:00.000000"),
}
MOMENT = datetime(2026, 11, 21, 10, 11, 12, 120000, tzinfo=UTC)


def raw(user: User) -> str:
    text = {"postgresql": '"LockoutEnd"::text', "mysql": "CAST(`LockoutEnd` AS CHAR)"}
    column = text.get(connection.vendor, '"LockoutEnd"')
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {quote('AspNetUsers')} WHERE {quote('Id')} = %s", [user.pk]
        )
        return str(cursor.fetchone()[0])


def write_raw(user: User, value: Any) -> User:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote('AspNetUsers')} SET {quote('LockoutEnd')} = %s"
            f" WHERE {quote('Id')} = %s",
            [value, user.pk],
        )
    return User.objects.get(pk=user.pk)


def locked(user: User, until: datetime | None) -> User:
    user.lockout_end = until
    user.save()
    return User.objects.get(pk=user.pk)


def test_for_ever_is_written_as_net_writes_it(ada: User) -> None:
    user = locked(ada, MAX_VALUE)
    assert raw(user) == WRITTEN[connection.vendor][0]
    assert user.lockout_end == MAX_VALUE
    assert user.is_locked_out()


def test_never_is_written_as_net_writes_it(ada: User) -> None:
    user = locked(ada, MIN_VALUE)
    assert raw(user) == WRITTEN[connection.vendor][1]
    assert user.lockout_end == MIN_VALUE
    assert not user.is_locked_out()


@pytest.mark.parametrize(
    "value",
    [
        MOMENT,
        MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30))),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=3))),
    ],
)
def test_a_moment_comes_back(ada: User, value: datetime) -> None:
    found = locked(ada, value).lockout_end
    assert found is not None
    assert found.tzinfo is not None
    if MIN_VALUE < value < MAX_VALUE:
        assert found == value
    else:
        assert found in {MIN_VALUE, MAX_VALUE}


def test_no_lock_is_null(ada: User) -> None:
    assert locked(ada, None).lockout_end is None


def test_it_compares_in_the_database(ada: User) -> None:
    locked(ada, MOMENT)
    assert User.objects.filter(lockout_end__gt=MOMENT - timedelta(seconds=1)).exists()
    assert not User.objects.filter(lockout_end__gt=MOMENT + timedelta(seconds=1)).exists()
    assert User.objects.filter(lockout_end__isnull=False).exists()
    assert User.objects.values_list("lockout_end", flat=True).get() == MOMENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21 10:11:12.1234567+00:00", MOMENT.replace(microsecond=123456)),
        ("2026-11-21 12:11:12.12+02:00", MOMENT),
        ("2026-11-21T10:11:12.12Z", MOMENT),
        ("garbage", MAX_VALUE),
        ("", MAX_VALUE),
        ("2026-13-45 99:00:00", MAX_VALUE),
    ],
)
def test_any_text_of_sqlite_is_read(ada: User, text: str, expected: datetime) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite keeps text there")
    user = write_raw(ada, text)
    assert user.lockout_end == expected
    user.save()  # and can be written again
    assert User.objects.get(pk=user.pk).lockout_end == expected


def test_a_lock_counts_only_where_it_is_allowed(ada: User) -> None:
    user = locked(ada, MOMENT)
    assert user.is_locked_out(now=MOMENT)
    assert not user.is_locked_out(now=MOMENT + timedelta(seconds=1))
    user.lockout_enabled = False
    assert not user.is_locked_out(now=MOMENT)
