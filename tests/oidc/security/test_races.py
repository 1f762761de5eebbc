"""The same code, token or device by many at one moment: one wins, and nobody is shown a 500.

SQLite in memory lets one thread at a time in, so it shows nothing of this.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from identity_bridge.models import User
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.keys.rotation import rotate
from identity_bridge.oidc.models import (
    AuthorizationCode,
    Client,
    ReferenceToken,
    RefreshToken,
    SigningKey,
    UserConsent,
    UserSession,
)
from identity_bridge.oidc.sessions import ending, registry
from tests.oidc.parties import (
    PASSWORD,
    REDIRECT_URI,
    SECRET,
    Party,
    configure,
    post_form,
    web_client,
)

from .surface import DEVICE_GRANT, hostile_browser
from .test_consent_binding import allow, asked

AT_ONCE = 8
OFFLINE = "openid offline_access"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs TEST_DATABASE=postgresql: many writers"
    ),
]


def at_once(act: Callable[[int], Any], many: int = AT_ONCE) -> list[Any]:
    """Run ``act`` in threads that begin together; return what they returned."""
    start, results = threading.Barrier(many), []

    def work(number: int) -> None:
        start.wait()
        try:
            results.append(act(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == many
    return results


@pytest.fixture
def party(transactional_db: None, bridge: Callable[..., None]) -> Party:
    bridge(RATE_LIMIT_PER_ADDRESS=(0, 0), RATE_LIMIT_PER_ACCOUNT=(0, 0))
    User.objects.create_user("ada", "ada@example.org", PASSWORD)
    configure(
        web_client("rotating", refresh_token_usage="OneTimeOnly"),
        web_client("sliding", refresh_token_expiration="Sliding"),
        web_client("tv", allowed_grant_types=[DEVICE_GRANT]),
        web_client("asking", require_consent=True),
    )
    signed_in = Party(browser=hostile_browser())
    assert signed_in.sign_in("ada").status_code == 302
    return signed_in


def posted(form: dict[str, str]) -> list[Any]:
    """Post the same form to the token endpoint by many; return the responses."""

    def post(number: int) -> Any:
        return post_form(hostile_browser(), "/connect/token", form)

    return at_once(post)


def statuses(responses: list[Any]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


ONE_WINS = {200: 1, 400: AT_ONCE - 1}


def exchange_of(client_id: str, code: str) -> dict[str, str]:
    return {
        "client_id": client_id,
        "client_secret": SECRET,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
    }


def refresh_of(client_id: str, handle: str) -> dict[str, str]:
    return {
        "client_id": client_id,
        "client_secret": SECRET,
        "grant_type": "refresh_token",
        "refresh_token": handle,
    }


@pytest.mark.spec("RFC 6749", "10.5")
def test_a_code_is_exchanged_by_one_of_many(party: Party) -> None:
    assert statuses(posted(exchange_of("web", party.code(scope=OFFLINE)))) == ONE_WINS


def test_a_code_that_many_have_leaves_no_token_alive(party: Party) -> None:
    """RFC 6749, section 4.1.2: one of them is a thief, and nobody knows which."""
    for _ in range(12):
        posted(exchange_of("web", party.code(scope=OFFLINE)))
    assert RefreshToken.objects.count() == 0


def test_a_one_time_refresh_token_is_used_by_one_of_many(party: Party) -> None:
    rotating = Party("rotating", browser=party.browser)
    handle = rotating.tokens(scope=OFFLINE)["refresh_token"]
    form = {"client_id": "rotating", "client_secret": SECRET, "grant_type": "refresh_token"}
    assert statuses(posted(form | {"refresh_token": handle})) == ONE_WINS
    assert RefreshToken.objects.filter(consumed=None).count() == 1


def test_a_refresh_token_that_stays_the_same_serves_everybody(party: Party) -> None:
    for client_id in ("web", "sliding"):
        own = Party(client_id, browser=party.browser)
        handle = own.tokens(scope=OFFLINE)["refresh_token"]
        form = {"client_id": client_id, "client_secret": SECRET, "grant_type": "refresh_token"}
        assert statuses(posted(form | {"refresh_token": handle})) == {200: AT_ONCE}


def test_a_device_code_is_redeemed_by_one_of_many(party: Party) -> None:
    form = {"client_id": "tv", "client_secret": SECRET, "scope": OFFLINE}
    device = post_form(party.browser, "/connect/deviceauthorization", form).json()
    allowed = {"userCode": device["user_code"], "allow": "1", "scope": OFFLINE.split()}
    party.browser.post("/account/device/", allowed, secure=True)
    asked = {"client_id": "tv", "client_secret": SECRET, "grant_type": DEVICE_GRANT}
    found = posted(asked | {"device_code": device["device_code"]})
    assert statuses(found) == ONE_WINS


def test_a_device_is_answered_by_one_of_many(party: Party) -> None:
    """Half say yes, half say no; the device hears one of it."""
    form = {"client_id": "tv", "client_secret": SECRET, "scope": OFFLINE}
    device = post_form(party.browser, "/connect/deviceauthorization", form).json()
    browsers = [hostile_browser() for _ in range(AT_ONCE)]
    for one in browsers:
        Party(browser=one).sign_in("ada")

    def answer(number: int) -> Any:
        said = {"allow" if number % 2 else "deny": "1", "scope": OFFLINE.split()}
        given = {"userCode": device["user_code"]} | said
        return browsers[number].post("/account/device/", given, secure=True)

    assert statuses(at_once(answer)) == {200: AT_ONCE}


def shared(party: Party, number: int) -> Party:
    """Return another tab of the same browser."""
    tab = hostile_browser()
    tab.cookies = party.browser.cookies.copy()
    return Party(party.client_id, browser=tab)


def test_two_tabs_sign_in_at_once(party: Party) -> None:
    fresh = Party(browser=hostile_browser())
    fresh.authorize(prompt="login")
    tabs = [shared(fresh, number) for number in range(AT_ONCE)]
    found = at_once(lambda number: tabs[number].sign_in("ada"))
    assert statuses(found) == {302: AT_ONCE}
    codes = at_once(lambda number: tabs[number].authorize())
    assert statuses(codes) == {302: AT_ONCE}
    assert UserSession.objects.count() <= AT_ONCE + 1


def test_many_tabs_ask_for_codes_at_once(party: Party) -> None:
    """The first time a client takes part in the session."""
    for client_id in ("web", "rotating", "sliding"):
        tabs = [shared(Party(client_id, browser=party.browser), n) for n in range(AT_ONCE)]

        def ask(number: int, tabs: list[Party] = tabs) -> Any:
            return tabs[number].authorize()

        assert statuses(at_once(ask)) == {302: AT_ONCE}


def test_a_sign_out_succeeds_although_a_client_comes_at_that_moment(party: Party) -> None:
    """Another tab asks for a code after the rows of the session's clients were deleted. A sign-out
    that fails leaves its user signed in."""

    session = UserSession.objects.get()

    def add() -> None:
        with transaction.atomic():
            registry.add_client(session, Client.objects.first().pk)  # type: ignore[union-attr]
        connections.close_all()

    def late(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(f'DELETE FROM "{UserSession._meta.db_table}"'):
            thread = threading.Thread(target=add)
            thread.start()
            thread.join(timeout=5)
        return execute(sql, *rest)

    with connection.execute_wrapper(late):
        response = party.browser.post("/account/end-session/", secure=True)
    assert response.status_code == 200
    assert party.browser.get("/account/profile/", secure=True).status_code == 302


def test_many_consents_at_once_are_one(party: Party) -> None:
    def consent(number: int) -> Any:
        asking = Party("asking", browser=hostile_browser())
        asking.sign_in("ada")
        back = asked(asking)
        allow(asking, back, "openid", "profile", remember="1")
        return asking.browser.get(back, secure=True)

    assert statuses(at_once(consent)) == {302: AT_ONCE}
    assert UserConsent.objects.count() == 1


def test_rotations_at_one_moment_announce_one_key(party: Party) -> None:
    party.tokens()
    first = SigningKey.objects.get()
    later = first.created + ring.schedule().rotation
    done = at_once(lambda number: rotate(now=later).created)
    assert sorted(map(len, done)) == [0] * (AT_ONCE - 1) + [1]
    assert SigningKey.objects.count() == 2


def test_the_first_keys_are_made_at_once(party: Party) -> None:
    SigningKey.objects.all().delete()
    store.forget()

    def look(number: int) -> Any:
        return hostile_browser().get("/.well-known/openid-configuration/jwks", secure=True)

    responses = at_once(look)
    assert statuses(responses) == {200: AT_ONCE}
    assert SigningKey.objects.count() == 1
    assert len({response.content for response in responses}) == 1
    tokens = party.tokens()
    assert party.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.parametrize("client_id", ["web", "rotating", "referring"])
def test_a_termination_leaves_nothing_of_what_is_given_out_at_that_moment(
    party: Party, client_id: str
) -> None:
    """One tab asks for a code, one exchanges one, one refreshes; and somebody ends the session."""
    configure(
        web_client("rotating", refresh_token_usage="OneTimeOnly"),
        web_client("referring", access_token_type="Reference"),
    )
    for _time in range(6):
        browser = Party(client_id, browser=hostile_browser())
        browser.sign_in("ada")
        handle = browser.tokens(scope=OFFLINE)["refresh_token"]
        code = browser.code(scope=OFFLINE)
        session_id = browser.browser.session["_identity_bridge_sid"]
        tabs = [shared(browser, number) for number in range(4)]
        acts: list[Callable[[], Any]] = [
            lambda tabs=tabs: tabs[0].authorize(scope=OFFLINE),  # type: ignore[misc]
            lambda code=code: post_form(  # type: ignore[misc]
                hostile_browser(), "/connect/token", exchange_of(client_id, code)
            ),
            lambda handle=handle: post_form(  # type: ignore[misc]
                hostile_browser(), "/connect/token", refresh_of(client_id, handle)
            ),
            lambda sid=session_id: ending.terminate(UserSession.objects.get(session_id=sid)),  # type: ignore[misc]
        ]
        found = at_once(lambda number, acts=acts: acts[number](), len(acts))  # type: ignore[misc]
        assert all(response is None or response.status_code < 500 for response in found)
        for model in (RefreshToken, ReferenceToken, AuthorizationCode, UserSession):
            assert not model.objects.filter(session_id=session_id).exists(), model
