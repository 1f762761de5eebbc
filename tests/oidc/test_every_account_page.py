"""What holds for all account pages, for those that only a project with the provider has."""

from __future__ import annotations

import pytest
from django.test import Client

from identity_bridge.account.provider import urls
from identity_bridge.models import User
from tests.account import test_every_page as every_page
from tests.account.conftest import elena

__all__ = ["elena"]  # a fixture

NAMES = sorted(str(pattern.name) for pattern in urls.urlpatterns)


def test_the_pages_of_the_provider_are_among_the_addresses() -> None:
    assert NAMES
    assert every_page.ADDRESSES.keys() >= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_guarded(client: Client, elena: User, name: str) -> None:
    every_page.test_every_answer_is_guarded(client, elena, name)


@pytest.mark.parametrize("name", NAMES)
def test_no_form_of_another_site_is_taken(elena: User, name: str) -> None:
    every_page.test_no_form_of_another_site_is_taken(elena, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", every_page.TEXTS)
def test_whatever_is_sent_nothing_breaks(client: Client, elena: User, name: str, text: str) -> None:
    every_page.test_whatever_is_sent_nothing_breaks(client, elena, name, text)
