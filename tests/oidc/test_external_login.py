"""Clients whose users sign in elsewhere: who goes there by itself, and what tokens say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from identity_bridge.models import User, UserLogin, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER
from tests.account.conftest import KEY, code_now
from tests.external.fixtures import movable_clock, upstream, upstream_server
from tests.external.upstream import Upstream

from .parties import Party, answer_of, browser, claims_of, configure, web_client

__all__ = ["movable_clock", "upstream", "upstream_server"]

PASSWORD_FIELD = 'type="password"'


@pytest.fixture
def ada(user: User) -> User:
    for scheme, key in (("Harbor", "248289761001"), ("GitHub", "583231")):
        UserLogin.objects.create(user=user, login_provider=scheme, provider_key=key)
    return user


def party(client_id: str = "elsewhere", **changes: Any) -> Party:
    configure(web_client(client_id, **changes))
    return Party(client_id, browser=browser())


def go(one: Party, url: str) -> Any:
    return one.browser.get(url, secure=True)


def login_of(one: Party, **parameters: str) -> Any:
    """Follow the client's request to the login page."""
    there = one.authorize(**parameters).headers["Location"]
    assert there.startswith("/account/login/")
    return go(one, there)


def test_a_client_with_one_way_in_goes_there_by_itself(ada: User, upstream: Upstream) -> None:
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    there = login_of(one)
    assert there.status_code == 302
    back = go(one, upstream.visit(there["Location"]).back())
    answer = go(one, back["Location"])
    tokens = one.exchange(answer_of(answer)["code"])
    claims = claims_of(tokens["id_token"])
    assert (claims["sub"], claims["idp"], claims["amr"]) == (ada.pk, "Harbor", ["external"])


def test_with_the_second_factor_tokens_name_both(ada: User, upstream: Upstream) -> None:
    User.objects.update(two_factor_enabled=True)
    UserToken.objects.create(
        user=ada, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY, value=KEY
    )
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    step = go(one, upstream.visit(login_of(one)["Location"]).back())
    done = one.browser.post(step["Location"], {"code": code_now()}, secure=True)
    tokens = one.exchange(answer_of(go(one, done["Location"]))["code"])
    claims = claims_of(tokens["id_token"])
    assert (claims["idp"], claims["amr"]) == ("Harbor", ["mfa"])


def test_a_wish_for_a_provider_goes_there_by_itself(ada: User, upstream: Upstream) -> None:
    one = party()
    there = login_of(one, acr_values="idp:GitHub")
    assert there["Location"].startswith(f"{upstream.url}/login/oauth/authorize?")
    page = login_of(one, acr_values="idp:Nowhere").content.decode()
    assert PASSWORD_FIELD in page


def test_a_wish_for_this_server_offers_no_other(ada: User, upstream: Upstream) -> None:
    page = login_of(party(), acr_values="idp:local").content.decode()
    assert PASSWORD_FIELD in page
    assert "Continue with" not in page


def test_only_the_providers_that_the_client_takes_are_offered(
    ada: User, upstream: Upstream
) -> None:
    one = party(identity_provider_restrictions=["Harbor", "GitHub"])
    page = login_of(one).content.decode()
    assert PASSWORD_FIELD in page
    assert "Continue with Harbor" in page
    assert "Continue with Microsoft" not in page
    target = one.authorize().headers["Location"].partition("next=")[2]
    from urllib.parse import unquote

    given = {"next": unquote(target)}
    url = "/account/external/{}/challenge/"
    assert one.browser.post(url.format("Microsoft"), given, secure=True).status_code == 400
    assert one.browser.post(url.format("Harbor"), given, secure=True).status_code == 302


def test_without_a_password_the_providers_are_the_way_in(ada: User, upstream: Upstream) -> None:
    page = login_of(party(enable_local_login=False)).content.decode()
    assert PASSWORD_FIELD not in page
    assert "Continue with Harbor" in page


def test_nobody_goes_round_in_circles(ada: User, upstream: Upstream, movable_clock: Any) -> None:
    """The provider vouches for somebody whom the client does not want: then there is a page."""
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    first = login_of(one)
    assert first.status_code == 302
    page = login_of(one)
    assert page.status_code == 200
    assert "Continue with Harbor" in page.content.decode()
    movable_clock.offset = 61
    assert login_of(one).status_code == 302


def test_what_goes_wrong_elsewhere_leaves_a_way_back_to_the_client(
    ada: User, upstream: Upstream
) -> None:
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    visit = upstream.visit(login_of(one)["Location"])
    page = go(one, visit.back(code=None, error="access_denied"))
    assert page.status_code == 400
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    text = page.content.decode()
    assert 'name="cancel"' in text
    target = text.split('name="next" value="')[1].split('"')[0].replace("&amp;", "&")
    given = {"cancel": "1", "next": target}
    cancelled = one.browser.post("/account/login/", given, secure=True)
    assert answer_of(go(one, cancelled["Location"]))["error"] == "access_denied"


def test_a_question_is_not_asked_for_a_mere_look(ada: User, upstream: Upstream) -> None:
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    there = one.authorize().headers["Location"]
    assert one.browser.head(there, secure=True).status_code == 200
    assert upstream.asked == []


def test_where_the_part_is_off_the_page_stays(
    ada: User, upstream: Upstream, bridge: Callable[..., None]
) -> None:
    bridge(ACCOUNT_DISABLED_PARTS=["external_logins"])
    one = party(enable_local_login=False, identity_provider_restrictions=["Harbor"])
    page = login_of(one)
    assert page.status_code == 200
    assert "takes no sign-in by password" in page.content.decode()


def test_a_visit_of_the_login_page_alone_keeps_no_session(ada: User, upstream: Upstream) -> None:
    browser().get("/account/login/", secure=True)
    assert not Session.objects.exists()
