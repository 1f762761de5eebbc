"""The target is asked by whole keys: a table of a million rows must not be walked through."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from identity_bridge.importing.target import Target


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the others plan by table sizes")
@pytest.mark.parametrize("keys", [["a"], ["a", "b"]])
@pytest.mark.parametrize("method", ["records", "undeclared", "users", "children", "logins"])
def test_every_lookup_is_a_search(
    db: Any, django_assert_max_num_queries: Any, method: str, keys: list[str]
) -> None:
    target = Target("default")
    with django_assert_max_num_queries(1) as captured:
        match method:
            case "records":
                target.records("user", keys)
            case "undeclared":
                target.undeclared(keys)
            case "users":
                target.users(keys)
            case "children":
                target.children("user_claims", keys)
            case "logins":
                target.owners_of_logins([("Google", key) for key in keys])
    (statement,) = captured.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
        steps = [row[-1] for row in cursor.fetchall()]
    assert any("SEARCH" in step for step in steps)
    # All columns of the key are in the condition, the first one above all.
    searched = next(step for step in steps if "SEARCH" in step)
    if method in {"records", "undeclared", "logins"}:
        assert searched.count("=?") == 2, searched
    assert not [step for step in steps if step.startswith("SCAN") and "json_each" not in step]
