from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adoption.copies import CUSTOM_USER, STORE, Copy, copied

if TYPE_CHECKING:
    from collections.abc import Iterator

#: (fixture, KEY_TYPE, settings): every key type, schema version and server.
ADOPTED = (
    ("sqlite_v1_string", "string", STORE),
    ("sqlite_v3_string", "string", STORE),
    ("sqlite_v1_int", "int", STORE),
    ("sqlite_v1_int", "bigint", STORE),
    ("sqlite_v3_guid", "guid", STORE),
    ("sqlite_custom_user", "string", CUSTOM_USER),
    ("pg_v1_string", "string", STORE),
    ("pg_v2_string", "string", STORE),
    ("pg_v1_int", "int", STORE),
    ("pg_v3_guid", "guid", STORE),
    ("mysql_v1_string", "string", STORE),
    ("mysql_v3_guid", "guid", STORE),
)


class Adoption:
    """A copy before and after ``migrate --fake-initial``."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.tables = {
            table: copy.columns(table) for table in copy.manifest()["totals"] if "." not in table
        }
        self.before = {table: copy.rows(table, names) for table, names in self.tables.items()}
        self.check_before = copy.check()
        self.output = copy.adopt()
        self.after = {table: copy.rows(table, names) for table, names in self.tables.items()}
        self.check_after = copy.check()


@pytest.fixture(
    scope="session", params=ADOPTED, ids=[f"{name}-{key_type}" for name, key_type, _ in ADOPTED]
)
def adoption(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Adoption]:
    fixture, key_type, settings = request.param
    folder = tmp_path_factory.mktemp("adopted")
    with copied(fixture, key_type, settings, folder) as copy:
        yield Adoption(copy)


@pytest.fixture
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Yield a function that copies a fixture for one test."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(fixture: str, key_type: str = "string", settings: str = STORE) -> Copy:
            folder = tmp_path_factory.mktemp("copy")
            return stack.enter_context(copied(fixture, key_type, settings, folder))

        yield make
