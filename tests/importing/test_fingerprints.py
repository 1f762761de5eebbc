"""Fingerprints: taken apart they give what went in, and one thing never looks like another."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity_bridge.importing.fingerprints import Half, join, row_prints, split, user_print
from identity_bridge.importing.issues import storable
from identity_bridge.importing.records import CHILD_FIELDS, copy_line, copy_text

_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
_MOMENT = st.datetimes(
    min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)
)
_VALUE = st.one_of(st.none(), _TEXT, st.booleans(), st.integers(-(2**31), 2**31 - 1))
_ROW = st.tuples(_TEXT, st.none() | _TEXT)
_CHILDREN = st.dictionaries(st.sampled_from(sorted(CHILD_FIELDS)), st.lists(_ROW, max_size=4))


def _half(values: list[Any], children: dict[str, list[Any]], extra: bytes = b"") -> bytes:
    lines = {table: [copy_line(row) for row in rows] for table, rows in children.items()}
    return user_print(copy_line(values), lines, extra)


@given(st.lists(_VALUE, min_size=1), _CHILDREN, st.binary())
def test_a_half_taken_apart_has_its_columns_and_rows(
    values: list[Any], children: dict[str, list[Any]], extra: bytes
) -> None:
    half = Half.parse(_half(values, children, extra))
    assert len(half.columns) == len(values) + 1
    for table in CHILD_FIELDS:
        assert len(half.rows[table]) == len(children.get(table, ()))


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_two_halves_come_back_as_they_were(source: bytes, written: bytes) -> None:
    assert split(join(source, written)) == (source, written)
    assert split(memoryview(join(source, source)).tobytes()) == (source, source)
    assert len(join(source, source)) == len(source) + 1


@given(_CHILDREN, _CHILDREN)
def test_rows_in_another_table_or_another_number_are_another_fingerprint(
    first: dict[str, list[Any]], second: dict[str, list[Any]]
) -> None:
    def content(children: dict[str, list[Any]]) -> dict[str, list[str]]:
        return {table: sorted(map(repr, rows)) for table, rows in children.items() if rows}

    same = content(first) == content(second)
    assert (_half(["x"], first) == _half(["x"], second)) is same


@given(st.lists(_VALUE, min_size=2, max_size=2), st.lists(_VALUE, min_size=2, max_size=2))
def test_a_value_does_not_flow_into_the_next_column(first: list[Any], second: list[Any]) -> None:
    if [copy_text(one) for one in first] != [copy_text(one) for one in second]:
        assert _half(first, {}) != _half(second, {})


def test_the_order_of_rows_is_of_no_matter_and_their_number_is() -> None:
    a, b = ("u", "a"), ("u", "b")
    assert _half([1], {"user_claims": [a, b]}) == _half([1], {"user_claims": [b, a]})
    assert len(set(row_prints([b"x", b"x", b"x"]))) == 3
    assert row_prints([b"x"])[0] == row_prints([b"x", b"x"])[0]


def test_null_and_the_text_that_stands_for_it_differ() -> None:
    assert copy_line([None]) == b"\\N"
    assert copy_line(["\\N"]) == b"\\\\N"
    assert copy_line(["a\tb\nc\rd\\"]) == b"a\\tb\\nc\\rd\\\\"
    assert copy_line(["", None, ""]) == b"\t\\N\t"


@given(st.lists(_VALUE | st.binary(), min_size=1))
def test_the_quick_line_is_the_slow_line(values: list[Any]) -> None:
    assert copy_line(values) == "\t".join(map(copy_text, values)).encode()


@given(st.text())
def test_half_a_surrogate_pair_makes_no_error(text: str) -> None:
    assert copy_line([text, "\ud800"])
    storable(text + "\ud800").encode()


def _one_row(kind: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE ib_copy (n serial, v {kind}) ON COMMIT DROP")
        with cursor.cursor.copy("COPY ib_copy (v) FROM STDIN") as copy:
            copy.write(b"".join(copy_line([value]) + b"\n" for value in values))
        cursor.execute("SELECT v FROM ib_copy ORDER BY n")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE ib_copy")
    return found


@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", st.none() | _TEXT),
        ("boolean", st.none() | st.booleans()),
        ("bigint", st.none() | st.integers(-(2**63), 2**63 - 1)),
        ("bytea", st.none() | st.binary()),
        ("timestamptz", st.none() | _MOMENT),
    ],
)
def test_copy_gives_back_what_it_was_given(kind: str, values: Any) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.nested_given])
    @given(st.lists(values, max_size=20))
    def round_trip(given_values: list[Any]) -> None:
        found = [bytes(v) if isinstance(v, memoryview) else v for v in _one_row(kind, given_values)]
        assert found == given_values

    round_trip()


def test_the_pure_modules_import_no_database() -> None:
    modules = "records issues fingerprints merging names policies counters report conversion"
    script = "import sys\n" + "\n".join(
        f"import identity_bridge.importing.{name}" for name in modules.split()
    )
    script += "\nassert not {'django.db', 'sqlalchemy', 'rich'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
