"""Refresh tokens: of one client, used in turn, and gone with all of their family when stolen."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.oidc.models import RefreshToken
from tests.oidc.parties import Party, post_form

OFFLINE = "openid offline_access orders.read"
GRACE = 10


@pytest.fixture
def rotating(everybody: Party) -> Party:
    return Party("rotating", browser=everybody.browser)


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_token_is_good_for_its_own_client_only(everybody: Party) -> None:
    handle = everybody.tokens(scope=OFFLINE)["refresh_token"]
    for other in ("other", "rotating", "referring"):
        party = Party(other, browser=everybody.browser)
        assert party.refresh(handle, status=400) == {"error": "invalid_grant"}
    assert "access_token" in everybody.refresh(handle)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_used_refresh_token_is_refused(rotating: Party) -> None:
    first = rotating.tokens(scope=OFFLINE)
    second = rotating.refresh(first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert rotating.refresh(first["refresh_token"], status=400) == {"error": "invalid_grant"}


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_ends_the_whole_family(rotating: Party, time_machine: Any) -> None:
    first = rotating.tokens(scope=OFFLINE)
    second = rotating.refresh(first["refresh_token"])
    third = rotating.refresh(second["refresh_token"])
    time_machine.move(GRACE + 1)
    rotating.refresh(first["refresh_token"], status=400)
    assert rotating.refresh(third["refresh_token"], status=400) == {"error": "invalid_grant"}
    assert not RefreshToken.objects.exists()


def test_a_replay_by_another_client_ends_nothing(rotating: Party, time_machine: Any) -> None:
    first = rotating.tokens(scope=OFFLINE)
    second = rotating.refresh(first["refresh_token"])
    time_machine.move(GRACE + 1)
    Party("other", browser=rotating.browser).refresh(first["refresh_token"], status=400)
    assert "access_token" in rotating.refresh(second["refresh_token"])


def test_a_replay_ends_no_other_authorization(rotating: Party, time_machine: Any) -> None:
    first, apart = rotating.tokens(scope=OFFLINE), rotating.tokens(scope=OFFLINE)
    rotating.refresh(first["refresh_token"])
    time_machine.move(GRACE + 1)
    rotating.refresh(first["refresh_token"], status=400)
    assert "access_token" in rotating.refresh(apart["refresh_token"])


@pytest.mark.spec("RFC 6749", "6")
def test_refreshing_widens_no_scope(everybody: Party) -> None:
    handle = everybody.tokens(scope="openid offline_access")["refresh_token"]
    answer = everybody.refresh(handle, scope="openid offline_access orders.read email")
    assert answer["scope"].split() == ["openid", "offline_access"]


def test_an_old_refresh_token_is_refused(everybody: Party, time_machine: Any) -> None:
    handle = everybody.tokens(scope=OFFLINE)["refresh_token"]
    time_machine.move(2_592_001)
    assert everybody.refresh(handle, status=400) == {"error": "invalid_grant"}


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", ""])
@pytest.mark.spec("RFC 7009", "2.1")
def test_a_revoked_refresh_token_takes_its_family_along(rotating: Party, hint: str) -> None:
    first = rotating.tokens(scope=OFFLINE)
    second = rotating.refresh(first["refresh_token"])
    form = {
        "client_id": "rotating",
        "client_secret": rotating.secret,
        "token": first["refresh_token"],
        "token_type_hint": hint,
    }
    assert post_form(rotating.browser, "/connect/revocation", form).status_code == 200
    assert rotating.refresh(second["refresh_token"], status=400) == {"error": "invalid_grant"}


def test_an_access_token_is_no_refresh_token(everybody: Party) -> None:
    referring = Party("referring", browser=everybody.browser)
    tokens = referring.tokens(scope=OFFLINE)
    assert referring.refresh(tokens["access_token"], status=400)["error"] == "invalid_grant"
    assert referring.exchange(tokens["refresh_token"], status=400)["error"] == "invalid_grant"
    assert referring.userinfo(tokens["refresh_token"]).status_code == 401
    assert referring.userinfo(tokens["access_token"]).status_code == 200
