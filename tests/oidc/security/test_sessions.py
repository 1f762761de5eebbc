"""Sessions of the provider, while the browser, its user and an administrator change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory

from identity_bridge.models import User
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import revoking
from identity_bridge.oidc.models import UserSession
from identity_bridge.oidc.sessions import ending, registry
from identity_bridge.signin.sessions import refresh_sign_in
from identity_bridge.users.passwords import change_password
from tests.oidc.parties import PASSWORD, SECRET, Party, configure, post_form, web_client

from .surface import DEVICE_GRANT, hostile_browser

NEW = "Other-Birch9026!"
OFFLINE = "openid profile offline_access"


def change_own_password(party: Party, user: User) -> None:
    """Change the password as a profile page does, which keeps this browser signed in."""
    assert change_password(user=user, current=PASSWORD, new=NEW).succeeded
    request: Any = RequestFactory().get("/")
    request.session = party.browser.session
    refresh_sign_in(request=request, user=User.objects.get(pk=user.pk))
    request.session.save()
    party.browser.cookies["sessionid"] = request.session.session_key


def is_signed_in(party: Party) -> bool:
    return bool(party.browser.get("/account/profile/", secure=True).status_code == 200)


def test_a_terminated_session_is_over_in_its_browser(everybody: Party) -> None:
    assert is_signed_in(everybody)
    ending.terminate(UserSession.objects.get())
    assert not is_signed_in(everybody)
    assert everybody.authorize().headers["Location"].startswith("/account/login/")


def test_a_terminated_session_is_over_after_a_new_password_as_well(
    everybody: Party, user: User
) -> None:
    """The change gives the browser a new session key, by which it must be found again."""
    change_own_password(everybody, user)
    assert is_signed_in(everybody)
    everybody.code()
    ending.terminate(UserSession.objects.get())
    assert not is_signed_in(everybody)


def test_a_session_that_was_kept_gets_tokens_that_are_good(
    everybody: Party, user: User, bridge: Callable[..., None]
) -> None:
    """Who has changed the password stays signed in, so what is given out after that must work."""
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    change_own_password(everybody, user)
    assert is_signed_in(everybody)
    assert everybody.userinfo(everybody.tokens()["access_token"]).status_code == 200


def test_signing_in_again_wakes_no_token_that_a_new_password_has_ended(
    everybody: Party, user: User, bridge: Callable[..., None]
) -> None:
    """The session keeps its ``sid`` over that, and a JWT knows only the ``sid``."""
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    token = everybody.tokens()["access_token"]
    change_own_password(everybody, user)
    assert everybody.userinfo(token).status_code == 401
    assert everybody.sign_in("ada", NEW).status_code == 302
    assert everybody.userinfo(token).status_code == 401


@pytest.mark.parametrize("when", ["userinfo", "refresh", "authorize"])
def test_a_session_that_ends_in_between_is_no_error_of_ours(
    everybody: Party, time_machine: Any, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The user signs out in one tab while another one uses a token: the row is read, then gone."""
    configure(web_client("bound", coordinate_lifetime_with_user_session=True))
    bound = Party("bound", browser=everybody.browser)
    tokens = bound.tokens(scope=OFFLINE)
    time_machine.move(600)
    extend: Callable[..., None] = registry.extend

    def late(row: UserSession, **kwargs: Any) -> None:
        UserSession.objects.filter(pk=row.pk).delete()
        extend(row, **kwargs)

    monkeypatch.setattr(registry, "extend", late)
    if when == "userinfo":
        assert bound.userinfo(tokens["access_token"]).status_code in {200, 401}
    elif when == "refresh":
        bound.refresh(tokens["refresh_token"], status=400)
    else:
        assert bound.authorize().status_code == 302


def test_another_person_at_the_browser_gets_a_session_of_their_own(everybody: Party) -> None:
    User.objects.create_user("bob", None, PASSWORD)
    before = UserSession.objects.get().session_id
    everybody.sign_in("bob")
    assert before not in UserSession.objects.values_list("session_id", flat=True)


def test_coordinated_tokens_end_with_the_sign_out(everybody: Party) -> None:
    configure(web_client("bound", coordinate_lifetime_with_user_session=True))
    bound = Party("bound", browser=everybody.browser)
    tokens, code = bound.tokens(scope=OFFLINE), bound.code()
    everybody.browser.post("/account/logout/", secure=True)
    assert bound.userinfo(tokens["access_token"]).status_code == 401
    assert bound.refresh(tokens["refresh_token"], status=400) == {"error": "invalid_grant"}
    assert bound.exchange(code, status=400) == {"error": "invalid_grant"}


def test_memory_does_not_grow_with_the_hosts_that_strangers_name(stranger: Party) -> None:
    """Any port is allowed in a Host header, and a document is remembered for each."""
    for port in range(2000, 2060):
        stranger.browser.get(
            "/.well-known/openid-configuration",
            secure=True,
            headers={"host": f"id.example.org:{port}"},
        )
    kept = [part for part in store._current().parts if part.startswith("metadata")]
    assert len(kept) < 50


def test_revoking_all_grants_of_a_user_ends_their_devices_too(everybody: Party, user: User) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(everybody.browser, "/connect/deviceauthorization", form).json()
    allowed = {"userCode": device["user_code"], "allow": "1", "scope": "openid"}
    everybody.browser.post("/account/device/", allowed, secure=True)
    revoking.revoke_grants(user=user)
    tv = Party("tv", browser=hostile_browser())
    tv.token(status=400, grant_type=DEVICE_GRANT, device_code=device["device_code"])
