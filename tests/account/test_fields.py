"""What browsers are told about the fields of all forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms

from identity_bridge.account import urls as _urls  # all forms are there then
from identity_bridge.account.fields import MAX_NAME_CHARACTERS
from identity_bridge.account.forms import LoginForm, PageForm

assert _urls


def all_forms(base: Any = PageForm) -> Iterator[Any]:
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


@pytest.mark.parametrize("form", dict.fromkeys(all_forms()))
def test_no_browser_cuts_off_what_is_pasted(form: type[forms.Form]) -> None:
    assert "<input" in str(form()) or not form.base_fields
    assert "maxlength" not in str(form())


def test_the_limit_answers_instead() -> None:
    form = LoginForm({"username": "x" * (MAX_NAME_CHARACTERS + 1), "password": "x"})
    assert "username" in form.errors
