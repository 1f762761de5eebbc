"""A project's own subclass of AbstractIdentityUser gets the same admin."""

from __future__ import annotations

from .custom_user import output_of


def test_a_subclass_is_registered_with_its_columns() -> None:
    assert "every page opened" in output_of("tests.admin.custom_user_pages")
