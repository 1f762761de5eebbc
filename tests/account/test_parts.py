"""What a project has switched off is not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory

from identity_bridge.account import navigation
from identity_bridge.account.parts import Part, part_of
from identity_bridge.checks import CheckId
from identity_bridge.models import User

from .conftest import PROFILE


@pytest.mark.parametrize("part", Part)
def test_a_part_that_is_off_has_neither_page_nor_link(part: Part, settings: Any) -> None:
    request = RequestFactory().get("/")
    view = part_of(part)(lambda request: HttpResponse("here"))
    assert view(request).content == b"here"
    before = {str(link.title) for link in navigation.links("/")}
    settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": [part]}
    with pytest.raises(Http404):
        view(request)
    named = {str(entry.title) for entry in navigation.ENTRIES if entry.part is part}
    assert {str(link.title) for link in navigation.links("/")} == before - named


def test_a_part_that_does_not_exist_is_reported(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": ["regstration"]}
    found = [message.id for message in run_checks() if "ACCOUNT_DISABLED" in message.msg]
    assert found == [CheckId.ACCOUNT_PART_UNKNOWN]


def test_the_menu_says_where_one_is(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    text = client.get(PROFILE).content.decode()
    assert f'<a href="{PROFILE}" aria-current="page">' in text
