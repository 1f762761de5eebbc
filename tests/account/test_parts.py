"""What a project has switched off is not there."""

from __future__ import annotations

from collections.abc import Iterable
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
from .surface import addresses

#: What goes with each part, by the names of the addresses.
PAGES: dict[Part, set[str]] = {
    Part.REGISTRATION: {"register", "reclaim"},
    Part.RECOVERY: {
        "forgot-password",
        "forgot-password-done",
        "reset-password",
    },
    Part.USER_NAME: {"user-name"},
    Part.EMAIL: {"email", "confirm-email-change"},
    Part.PHONE: {"phone", "confirm-phone"},
    Part.PASSWORD: {"password"},
    Part.SECOND_FACTOR: {
        "second-factor",
        "second-factor-switch",
        "forget-browser",
        "authenticator",
        "recovery-codes",
    },
    Part.PASSKEYS: {
        "passkeys",
        "add-passkey",
        "new-passkey-options",
        "rename-passkey",
        "remove-passkey",
        "passkey-sign-in",
        "passkey-options",
        "passkey-step",
        "passkey-step-options",
    },
    Part.EXTERNAL_LOGINS: {
        "external-register",
        "external-logins",
        "external-login-add",
        "external-login-remove",
        "external-challenge",
        "external-callback",
    },
    Part.PERSONAL_DATA: {"personal-data", "download-personal-data"},
    Part.DELETION: {"delete-account"},
}
#: Addresses are confirmed after a registration and after a change.
OF_REGISTRATION_AND_RECOVERY = {"reset-password-done"}
OF_REGISTRATION_AND_EMAIL = {"registration-done", "confirm-email", "resend-confirmation"}
ALWAYS = {
    "index",
    "login",
    "two-factor",
    "send-code",
    "message-code",
    "recovery-code",
    "logout",
    "language",
    "profile",
}


def off(settings: Any, *parts: Part) -> None:
    settings.IDENTITY_BRIDGE = {"ACCOUNT_DISABLED_PARTS": list(parts)}


def test_every_address_belongs_to_a_part_or_is_always_there() -> None:
    assert PAGES.keys() == set(Part)
    of_two = OF_REGISTRATION_AND_EMAIL | OF_REGISTRATION_AND_RECOVERY
    assert set(addresses()) == ALWAYS | of_two | set().union(*PAGES.values())


def assert_nothing_is_there(client: Client, user: User, names: Iterable[str]) -> None:
    paths = addresses()
    for is_signed_in in (False, True):
        if is_signed_in:
            client.force_login(user)
        for name in sorted(names):
            for answer in (client.get(paths[name]), client.post(paths[name])):
                assert answer.status_code == 404, (name, answer)


@pytest.mark.parametrize("part", Part)
def test_a_part_that_is_off_is_there_for_nobody(
    client: Client, hamid: User, part: Part, settings: Any
) -> None:
    off(settings, part)
    assert_nothing_is_there(client, hamid, PAGES[part])


def test_pages_of_two_parts_go_with_the_later_of_both(
    client: Client, hamid: User, settings: Any
) -> None:
    for part in (Part.REGISTRATION, Part.EMAIL):
        off(settings, part)
        assert client.get(addresses()["confirm-email"]).status_code == 200
    off(settings, Part.REGISTRATION, Part.EMAIL)
    assert_nothing_is_there(client, hamid, OF_REGISTRATION_AND_EMAIL)


@pytest.mark.parametrize("part", Part)
def test_a_part_that_is_off_has_neither_page_nor_link(part: Part, settings: Any) -> None:
    request = RequestFactory().get("/")
    view = part_of(part)(lambda request: HttpResponse("here"))
    assert view(request).content == b"here"
    before = {str(link.title) for link in navigation.links("/")}
    off(settings, part)
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
