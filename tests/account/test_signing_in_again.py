"""Who left a browser open long ago signs in again before the keys to the account change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from identity_bridge.models import User
from identity_bridge.signin import clock

from .conftest import LOGIN, credentials

OVERVIEW = "/account/second-factor/"
PAGE = f"{OVERVIEW}authenticator/"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    now = clock.now()

    def move(seconds: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: now + seconds)

    return move


@pytest.fixture
def signed_in(client: Client, hamid: User) -> Client:
    client.post(LOGIN, credentials("hamid"))
    return client


def test_an_old_session_is_asked_again_and_comes_back(signed_in: Client, later: Any) -> None:
    assert signed_in.get(PAGE).status_code == 200
    later(31 * 60)
    answer = signed_in.get(PAGE)
    assert answer["Location"] == f"{LOGIN}?next={PAGE}"
    text = signed_in.get(answer["Location"]).content.decode()
    assert "Please sign in again: this page changes how you sign in." in text
    assert 'value="hamid"' in text
    answer = signed_in.post(answer["Location"], credentials("hamid"))
    assert answer["Location"] == PAGE
    assert signed_in.get(PAGE).status_code == 200


def test_a_form_that_was_sent_too_late_changes_nothing(
    signed_in: Client, later: Any, hamid: User
) -> None:
    hamid.email_confirmed = True
    hamid.save()
    later(31 * 60)
    answer = signed_in.post(f"{OVERVIEW}switch/", {"enabled": "1"})
    assert answer["Location"] == f"{LOGIN}?next={OVERVIEW}"
    hamid.refresh_from_db()
    assert not hamid.two_factor_enabled


def test_how_long_a_sign_in_is_recent_is_a_setting(
    signed_in: Client, later: Any, settings: Any
) -> None:
    later(120)
    settings.IDENTITY_BRIDGE = {"REAUTHENTICATE_AFTER": timedelta(minutes=1)}
    assert signed_in.get(PAGE).status_code == 302
    settings.IDENTITY_BRIDGE = {"REAUTHENTICATE_AFTER": timedelta.max}
    later(13 * 86400)
    assert signed_in.get(PAGE).status_code == 200


def test_a_session_that_other_code_began_ages_by_itself(
    client: Client, hamid: User, later: Any
) -> None:
    client.force_login(hamid)  # django.contrib.auth.login, as the admin's own page
    assert client.get(PAGE).status_code == 200
    later(31 * 60)
    Client().post(LOGIN, credentials("hamid"))  # elsewhere
    assert client.get(PAGE).status_code == 302


def test_a_session_that_says_nothing_of_its_beginning_is_asked(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    session = client.session
    del session["_identity_bridge_signed_in"]
    session.save()
    assert client.get(PAGE).status_code == 302


def test_a_changed_stamp_does_not_make_a_sign_in_recent(signed_in: Client, later: Any) -> None:
    later(29 * 60)
    answer = signed_in.post(f"{OVERVIEW}switch/", {"enabled": "0"})
    assert answer["Location"] == OVERVIEW
    later(31 * 60)
    assert signed_in.get(PAGE).status_code == 302


@pytest.mark.parametrize("at", ["x", None, [], 1e400])
def test_whatever_stands_in_the_session_is_no_way_around(
    signed_in: Client, at: Any, hamid: User
) -> None:
    User.objects.filter(pk=hamid.pk).update(last_login=None)
    session = signed_in.session
    session["_identity_bridge_signed_in"] = at
    session.save()
    assert signed_in.get(PAGE).status_code == 302


@pytest.mark.parametrize("page", ["user-name", "email", "phone", "phone/confirm"])
def test_what_one_signs_in_by_is_changed_by_who_signed_in_lately(
    signed_in: Client, later: Any, page: str
) -> None:
    later(31 * 60)
    for answer in (signed_in.get(f"/account/{page}/"), signed_in.post(f"/account/{page}/")):
        assert answer["Location"].startswith(LOGIN)


@pytest.mark.parametrize("page", ["password", "personal-data/download", "delete-account"])
def test_a_page_that_asks_for_the_password_does_not_ask_twice(
    signed_in: Client, later: Any, hamid: User, page: str
) -> None:
    later(31 * 60)
    assert signed_in.post(f"/account/{page}/").status_code == 200
    hamid.set_unusable_password()
    hamid.save()
    signed_in.force_login(hamid)
    session = signed_in.session
    session["_identity_bridge_signed_in"] = 0
    session.save()
    assert signed_in.post(f"/account/{page}/")["Location"].startswith(LOGIN)
