"""Three states decide what a re-run changes: last read, now at the source, now in Django."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.importing.fingerprints import Half, user_print
from identity_bridge.importing.merging import Merge, merge_user
from identity_bridge.importing.records import (
    CHILD_FIELDS,
    POSITION,
    USER_FIELDS,
    PlannedUser,
    copy_line,
    copy_lines,
)

Rows = dict[str, list[tuple[Any, ...]]]


def _values(**columns: Any) -> list[Any]:
    values: list[Any] = [None] * len(USER_FIELDS)
    values[0] = "u1"
    for name, value in columns.items():
        values[POSITION[name]] = value
    return values


def _half(values: list[Any], rows: Rows | None = None) -> Half:
    return Half.parse(user_print(copy_line(values), copy_lines(rows or {})))


def _merge(
    *,
    read: dict[str, Any] | None = None,
    now: dict[str, Any],
    django: dict[str, Any],
    written: dict[str, Any] | None = None,
    read_rows: Rows | None = None,
    now_rows: Rows | None = None,
    django_rows: Rows | None = None,
    overwrite: bool = False,
    first: bool = False,
) -> Merge:
    planned = PlannedUser(
        "u1", _values(**now), {table: (now_rows or {}).get(table, []) for table in CHILD_FIELDS}
    )
    return merge_user(
        planned,
        USER_FIELDS,
        last_read=None if first else _half(_values(**(read or {})), read_rows),
        last_written=None if first else _half(_values(**(written or read or {})), read_rows),
        planned_half=_half(planned.values, now_rows),
        current_half=_half(_values(**django), django_rows),
        current_children=django_rows or {},
        overwrite=overwrite,
    )


@pytest.mark.parametrize(
    ("read", "now", "django", "changes", "conflict"),
    [
        ("a", "a", "a", False, False),
        ("a", "b", "a", True, False),
        ("a", "a", "b", False, False),
        ("a", "b", "b", False, False),
        ("a", "b", "c", False, True),
        ("a", None, "a", True, False),
        (None, "b", None, True, False),
        ("a", None, "c", False, True),
    ],
)
def test_a_column_follows_the_side_that_changed_it(
    read: Any, now: Any, django: Any, changes: bool, conflict: bool
) -> None:
    states = {
        "read": {"phone_number": read},
        "now": {"phone_number": now},
        "django": {"phone_number": django},
    }
    merge = _merge(**states)
    assert merge.columns == ({"phone_number": now} if changes else {})
    assert merge.conflicts == (["phone_number"] if conflict else [])
    overwritten = _merge(**states, overwrite=True)
    assert overwritten.columns == ({"phone_number": now} if changes or conflict else {})
    assert overwritten.conflicts == []


@pytest.mark.parametrize("column", ["security_stamp", "access_failed_count"])
def test_columns_that_follow_from_others_give_way_without_a_word(column: str) -> None:
    merge = _merge(read={column: 1}, now={column: 2}, django={column: 3})
    assert not merge
    assert merge.conflicts == []


def test_the_concurrency_stamp_is_nobodys_change() -> None:
    name = "concurrency_stamp"
    assert not _merge(read={name: "a"}, now={name: "b"}, django={name: "c"})


def test_what_a_conflict_decided_at_the_import_is_no_change_of_django() -> None:
    """The source's name was taken, so another was written."""
    states: dict[str, Any] = {"read": {"username": "alice"}, "written": {"username": "alice~2"}}
    assert not _merge(**states, now={"username": "alice"}, django={"username": "alice~2"})
    merge = _merge(**states, now={"username": "carol"}, django={"username": "alice~2"})
    assert merge.columns == {"username": "carol"}


def test_without_a_last_import_everything_is_the_sources_except_rights() -> None:
    merge = _merge(
        first=True,
        now={"username": "new", "is_superuser": False, "is_staff": True},
        django={"username": "old", "is_superuser": True, "is_staff": False},
    )
    assert merge.columns == {"username": "new", "is_staff": True}


_OLD, _NEW = ("u1", "department", "old"), ("u1", "department", "new")


@pytest.mark.parametrize(
    ("read", "now", "django", "inserted", "deleted"),
    [
        ([_OLD], [_OLD], [_OLD], [], []),
        ([_OLD], [_NEW], [_OLD], [_NEW], [_OLD]),
        ([_OLD], [], [_OLD], [], [_OLD]),
        ([_OLD], [_OLD], [], [], []),
        ([_OLD], [], [], [], []),
        ([], [_NEW], [], [_NEW], []),
        ([], [_NEW], [_NEW], [], []),
        ([], [], [_NEW], [], []),
        ([_OLD], [_OLD, _OLD], [_OLD], [_OLD], []),
    ],
)
def test_rows_follow_the_side_that_changed_them(
    read: list[Any], now: list[Any], django: list[Any], inserted: list[Any], deleted: list[Any]
) -> None:
    merge = _merge(
        now={},
        django={},
        read_rows={"user_claims": read},
        now_rows={"user_claims": now},
        django_rows={"user_claims": django},
    )
    assert merge.insert.get("user_claims", []) == inserted
    assert merge.delete.get("user_claims", []) == deleted


def test_a_row_with_a_key_of_its_own_that_both_changed_is_a_conflict() -> None:
    def token(value: str) -> dict[str, list[tuple[Any, ...]]]:
        return {"user_tokens": [("u1", "Google", "refresh_token", value)]}

    states: dict[str, Any] = {
        "now": {},
        "django": {},
        "read_rows": token("a"),
        "now_rows": token("b"),
        "django_rows": token("c"),
    }
    merge = _merge(**states)
    assert (merge.insert, merge.delete) == ({}, {})
    assert merge.conflicts == ["user_tokens Google/refresh_token"]
    merge = _merge(**states, overwrite=True)
    assert (merge.insert, merge.delete) == (token("b"), token("c"))


def test_a_field_the_user_model_got_since_does_not_undo_what_django_changed() -> None:
    names = (*USER_FIELDS, "shoe_size")
    old = _values(password="old")
    planned = PlannedUser("u1", [*old, 45], {table: [] for table in CHILD_FIELDS})
    merge = merge_user(
        planned,
        names,
        last_read=_half(old),
        last_written=_half(old),
        planned_half=_half(planned.values),
        current_half=_half([*_values(password="upgraded"), None]),
        current_children={},
        overwrite=False,
    )
    assert merge.columns == {"shoe_size": 45}
    assert merge.conflicts == []
