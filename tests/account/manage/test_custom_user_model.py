"""A project's own subclass of AbstractIdentityUser has the same pages."""

from __future__ import annotations

from tests.admin.custom_user import output_of


def test_a_subclass_registers_and_gives_its_columns_out() -> None:
    assert "all of it" in output_of("tests.account.manage.custom_user_pages")
