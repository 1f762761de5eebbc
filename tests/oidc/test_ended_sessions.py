"""What ends with a session, with a security stamp, with a sign-out: and what goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.test import RequestFactory

from identity_bridge.models import User
from identity_bridge.oidc.models import AuthorizationCode, LogoutNotification, UserSession
from identity_bridge.oidc.sessions import ending, notifications, registry
from identity_bridge.signin.sessions import refresh_sign_in
from identity_bridge.users.passwords import change_password

from .parties import PASSWORD, Party, browser, configure, web_client

NEW = "Other-Birch9026!"
OFFLINE = "openid profile offline_access"
BACK_CHANNEL = "http://127.0.0.1:9/logout"

Bridge = Callable[..., None]


def bound_client(**changes: Any) -> dict[str, Any]:
    """A client whose tokens live as long as the session, and that wants to be told."""
    return web_client(
        "bound",
        coordinate_lifetime_with_user_session=True,
        back_channel_logout_uri=BACK_CHANNEL,
        **changes,
    )


def signed_in(client_id: str, password: str = PASSWORD) -> Party:
    """The user at a browser of their own."""
    party = Party(client_id, browser=browser())
    assert party.sign_in("ada", password).status_code == 302
    return party


def set_password(user: User) -> None:
    """Change the password from elsewhere: no browser is kept signed in."""
    assert change_password(user=user, current=PASSWORD, new=NEW).succeeded


# Sign-out and termination


def test_a_sign_out_leaves_offline_access_where_it_is_not_bound_to_the_session(web: Party) -> None:
    tokens = web.tokens(scope=OFFLINE)
    web.browser.post("/account/logout/", secure=True)
    assert "access_token" in web.refresh(tokens["refresh_token"])


def test_a_termination_ends_all_tokens_of_that_session_and_of_no_other(
    web: Party, user: User
) -> None:
    configure(web_client("other"), web_client("reference", access_token_type="Reference"))
    here = [Party(name, browser=web.browser).tokens(scope=OFFLINE) for name in ("web", "other")]
    reference = Party("reference", browser=web.browser).tokens()["access_token"]
    elsewhere = signed_in("web")
    kept = elsewhere.tokens(scope=OFFLINE)
    code = web.code()
    ending.terminate(
        UserSession.objects.get(session_id=web.browser.session["_identity_bridge_sid"])
    )
    web.refresh(here[0]["refresh_token"], status=400)
    Party("other").refresh(here[1]["refresh_token"], status=400)
    assert web.userinfo(reference).status_code == 401
    web.exchange(code, status=400)
    assert "access_token" in elsewhere.refresh(kept["refresh_token"])
    assert "code=" in elsewhere.authorize().headers["Location"]


# The security stamp


def test_a_token_for_a_password_ends_with_the_stamp_and_not_before(
    user: User, bridge: Bridge
) -> None:
    """It has no session that could know the stamp."""
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    configure(web_client("old", allowed_grant_types=["password"]))
    old = Party("old", browser=browser())
    asked = {"grant_type": "password", "username": "ada", "password": PASSWORD, "scope": "openid"}
    token = old.token(**asked)["access_token"]
    assert old.userinfo(token).status_code == 200
    set_password(user)
    assert old.userinfo(token).status_code == 401


def test_a_refresh_after_a_sign_out_gives_a_good_token(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    tokens = web.tokens(scope=OFFLINE)
    web.browser.post("/account/logout/", secure=True)
    again = web.refresh(tokens["refresh_token"])
    assert web.userinfo(again["access_token"]).status_code == 200


def test_a_token_of_before_the_setting_is_refused(web: Party, bridge: Bridge) -> None:
    """Nobody knows which stamp it began with."""
    token = web.tokens()["access_token"]
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    assert web.userinfo(token).status_code == 401
    assert web.userinfo(web.tokens()["access_token"]).status_code == 200


def test_a_session_whose_stamp_has_changed_gives_no_bound_tokens(user: User) -> None:
    """Although its browser has not come again to hear that it is signed out."""
    configure(bound_client())
    bound = signed_in("bound")
    tokens = bound.tokens(scope=OFFLINE)
    set_password(user)
    assert bound.userinfo(tokens["access_token"]).status_code == 401
    assert bound.refresh(tokens["refresh_token"], status=400) == {"error": "invalid_grant"}


def test_the_next_sign_in_ends_the_sessions_of_an_older_stamp(user: User) -> None:
    configure(bound_client())
    bound = signed_in("bound")
    bound.tokens()
    before = UserSession.objects.get().session_id
    set_password(user)
    signed_in("web", NEW)
    assert before not in UserSession.objects.values_list("session_id", flat=True)
    told = LogoutNotification.objects.get()
    assert (told.session_id, told.reason) == (before, "terminated")


@pytest.fixture
def administrator(db: None) -> Any:
    User.objects.create_superuser("root", "root@example.org", PASSWORD)
    visitor = browser()
    visitor.post("/account/login/", {"username": "root", "password": PASSWORD}, secure=True)
    return visitor


@pytest.mark.parametrize("action", ["sign_out_everywhere", "reset_second_factor"])
def test_clients_hear_at_once_when_an_administrator_signs_somebody_out(
    user: User, administrator: Any, action: str
) -> None:
    configure(bound_client())
    bound = signed_in("bound")
    tokens = bound.tokens(scope=OFFLINE)
    chosen = {"action": action, "_selected_action": [str(user.pk)]}
    administrator.post("/admin/identity_bridge/user/", chosen, secure=True)
    assert LogoutNotification.objects.get().client_id == "bound"
    assert not UserSession.objects.filter(user=user).exists()
    bound.refresh(tokens["refresh_token"], status=400)


def test_clients_hear_at_once_when_an_administrator_sets_a_password(
    user: User, administrator: Any
) -> None:
    configure(bound_client())
    signed_in("bound").tokens()
    url = f"/admin/identity_bridge/user/{user.pk}/password/"
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert administrator.post(url, given, secure=True).status_code == 302
    assert LogoutNotification.objects.get().client_id == "bound"


def test_an_administrator_who_sets_the_own_password_goes_on(administrator: Any) -> None:
    configure(bound_client())
    own = Party("bound", browser=administrator)
    own.tokens()
    root = User.objects.get(username="root")
    url = f"/admin/identity_bridge/user/{root.pk}/password/"
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert administrator.post(url, given, secure=True).status_code == 302
    tokens = own.tokens(scope=OFFLINE)
    assert "access_token" in own.refresh(tokens["refresh_token"])
    assert not LogoutNotification.objects.exists()


def test_a_session_kept_over_a_new_stamp_by_django_alone_goes_on(user: User) -> None:
    """A project's own page has called update_session_auth_hash()."""
    configure(bound_client())
    bound = signed_in("bound")
    set_password(user)
    session = bound.browser.session
    session[HASH_SESSION_KEY] = User.objects.get(pk=user.pk).get_session_auth_hash()
    session.save()
    tokens = bound.tokens(scope=OFFLINE)
    assert "access_token" in bound.refresh(tokens["refresh_token"])


def test_many_sessions_that_end_at_once_are_told_of_by_one_thread(
    user: User,
    bridge: Bridge,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Or the next sign-in would open a connection to the database for each of them."""
    configure(bound_client())
    for _time in range(5):
        signed_in("bound").tokens()
    set_password(user)
    bridge(OIDC_LOGOUT_DELIVERY="thread")
    started: list[Any] = []

    class Late(Thread):
        def start(self) -> None:
            started.append(self)

    monkeypatch.setattr(notifications, "Thread", Late)
    monkeypatch.setattr(notifications.connection, "close", lambda: None)  # it is the test's here
    with django_capture_on_commit_callbacks(execute=True):
        signed_in("web", NEW)
    assert LogoutNotification.objects.count() == 5
    assert len(started) == 1
    started[0].run()  # fails at each, as nobody listens, and lets the next thread start
    assert set(LogoutNotification.objects.values_list("attempts", flat=True)) == {1}
    assert not notifications._is_sending.locked()


def test_a_sign_in_ends_no_more_sessions_than_it_can_wait_for(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "AT_ONCE", 2)
    for _time in range(4):
        signed_in("web")
    set_password(user)
    signed_in("web", NEW)
    assert UserSession.objects.count() == 3
    signed_in("web", NEW)
    assert UserSession.objects.count() == 2


def test_a_new_secret_key_ends_nothing_while_the_old_one_is_a_fallback(
    user: User, settings: Any
) -> None:
    configure(bound_client())
    bound = signed_in("bound")
    tokens = bound.tokens(scope=OFFLINE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert "access_token" in bound.refresh(tokens["refresh_token"])
    signed_in("web")
    assert "access_token" in bound.refresh(tokens["refresh_token"])


def test_a_user_read_before_the_change_spoils_no_session(user: User) -> None:
    """Another tab of the browser, which began before the owner changed the password in this one."""
    configure(bound_client())
    bound = signed_in("bound")
    before = User.objects.get(pk=user.pk)
    set_password(user)
    request: Any = RequestFactory().get("/")
    request.session = bound.browser.session
    refresh_sign_in(request=request, user=User.objects.get(pk=user.pk))
    request.session.save()
    bound.browser.cookies["sessionid"] = request.session.session_key
    registry.renew_stamp(request=request, user=before)
    ending.end_stale(before)
    tokens = bound.tokens(scope=OFFLINE)
    assert "access_token" in bound.refresh(tokens["refresh_token"])


# Somebody ends the session while it is used


@pytest.mark.parametrize("prompt", ["", "none"])
def test_a_session_that_ends_now_gets_nothing_more(
    web: Party, monkeypatch: pytest.MonkeyPatch, prompt: str
) -> None:
    real: Callable[..., bool] = registry.add_client

    def late(row: UserSession, application_id: int) -> bool:
        ending.terminate(UserSession.objects.get(pk=row.pk))
        return real(row, application_id)

    monkeypatch.setattr(registry, "add_client", late)
    location = web.authorize(prompt=prompt).headers["Location"]
    assert "code=" not in location
    if prompt:
        assert "error=login_required" in location
    else:
        assert location.startswith("/account/login/")
    assert not AuthorizationCode.objects.exists()


# The provider's own sign-out button


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_whoever_signs_out_here_is_signed_out_at_the_applications(user: User) -> None:
    configure(web_client("told", front_channel_logout_uri="https://app.example.org/out"))
    told = signed_in("told")
    session_id = told.browser.session["_identity_bridge_sid"]
    told.tokens()
    page = told.browser.post("/account/logout/", secure=True).content.decode()
    assert "You are signed out" in page
    address = page.partition('<iframe src="')[2].partition('"')[0].replace("&amp;", "&")
    frames = told.browser.get(address, secure=True).content.decode()
    assert f"https://app.example.org/out?sid={session_id}" in frames
    assert told.browser.get("/account/profile/", secure=True).status_code == 302


def test_without_such_applications_the_way_leads_to_the_login_page(web: Party) -> None:
    web.tokens()
    response = web.browser.post("/account/logout/", secure=True)
    assert (response.status_code, response.headers["Location"]) == (302, "/account/login/")
