"""The number of statements grows with batches, not with users."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity_bridge.models import ImportedRecord, Role
from tests.importing.project import scale_database
from tests.importing.small_sources import import_from

pytestmark = pytest.mark.django_db


def _imported(path: Path, **options: int) -> Counter[str]:
    with CaptureQueriesContext(connection) as captured:
        report = import_from(path, **options)
    assert report.error is None
    return Counter(query["sql"].split(None, 1)[0] for query in captured)


def _number(statements: Counter[str]) -> int:
    return statements.total()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("scale")
    return {n: scale_database(folder / f"{n}.db", n) for n in (100, 400)}


@pytest.mark.parametrize("users", [100, 400])
def test_a_batch_takes_the_same_number_of_statements_whatever_its_size(
    sources: dict[int, Path], users: int
) -> None:
    first = _number(_imported(sources[users], batch_size=users))
    again = _number(_imported(sources[users], batch_size=users))
    roles = 20
    assert first < 60 + 10 * roles
    assert again < 60 + 5 * roles


def test_four_times_the_users_take_no_more_statements(sources: dict[int, Path]) -> None:
    small = _number(_imported(sources[100], batch_size=500))
    small_again = _number(_imported(sources[100], batch_size=500))
    _empty()
    large = _number(_imported(sources[400], batch_size=500))
    large_again = _number(_imported(sources[400], batch_size=500))
    assert large <= small + 5
    assert large_again <= small_again + 5


def _empty() -> None:
    get_user_model().objects.all().delete()
    Role.objects.all().delete()
    ImportedRecord.objects.all().delete()


def test_a_new_batch_costs_a_fixed_number_of_statements(sources: dict[int, Path]) -> None:
    _imported(sources[400], batch_size=400)
    one = _number(_imported(sources[400], batch_size=400))
    four = _number(_imported(sources[400], batch_size=100))
    # Records of an unchanged batch are looked up once to apply and once, with all tables, to
    # verify.
    assert four - one <= 3 * 12
