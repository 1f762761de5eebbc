"""Tabs of one browser at one moment: each Django session has one session of the provider.

As in ``test_races``: SQLite in memory lets one thread at a time in.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from identity_bridge.models import User
from identity_bridge.oidc.models import UserSession
from identity_bridge.oidc.sessions.registry import SESSION_ID
from tests.oidc.parties import PASSWORD, Party, claims_of

from . import test_races
from .surface import hostile_browser
from .test_races import AT_ONCE, at_once, shared, statuses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs TEST_DATABASE=postgresql: many writers"
    ),
]
party = test_races.party


def rows_by_key() -> Counter[str]:
    return Counter(UserSession.objects.values_list("session_key", flat=True))


def key_of(tab: Party) -> str:
    return str(tab.browser.cookies["sessionid"].value)


def signed_in_sessions() -> dict[str, str]:
    """Return the Django sessions in which somebody is signed in: key -> ``sid``."""
    found = {row.session_key: row.get_decoded() for row in Session.objects.all()}
    return {key: data[SESSION_ID] for key, data in found.items() if "_auth_user_id" in data}


def fresh_tabs(many: int = AT_ONCE) -> list[Party]:
    """Return tabs that were all sent to the login page, with the cookie they share."""
    first = Party(browser=hostile_browser())
    first.authorize(prompt="login")
    return [shared(first, number) for number in range(many)]


@pytest.mark.parametrize("many", [2, AT_ONCE])
def test_tabs_that_sign_in_at_once_leave_one_row_for_the_browser(party: Party, many: int) -> None:
    """Each sign-in makes a Django session of its own, and the browser keeps the last cookie it is
    given: whichever that is, it has its own row, and no row is of no session or of two."""
    party.browser.post("/account/logout/", secure=True)
    tabs = fresh_tabs(many)
    assert statuses(at_once(lambda n: tabs[n].sign_in("ada"), many)) == {302: many}
    rows = dict(UserSession.objects.values_list("session_key", "session_id"))
    assert rows == signed_in_sessions()
    assert rows_by_key() == {key_of(tab): 1 for tab in tabs}
    kept = tabs[-1]
    assert claims_of(kept.tokens()["id_token"])["sid"] == rows[key_of(kept)]
    kept.browser.post("/account/logout/", secure=True)
    assert rows_by_key() == {key_of(tab): 1 for tab in tabs[:-1]}


def test_tabs_that_sign_in_again_at_once_keep_their_one_row(party: Party) -> None:
    before = UserSession.objects.get().session_id
    tabs = [shared(party, number) for number in range(AT_ONCE)]
    assert statuses(at_once(lambda n: tabs[n].sign_in("ada"))) == {302: AT_ONCE}
    row = UserSession.objects.get()
    assert (row.session_id, row.session_key) == (before, key_of(party))
    assert claims_of(party.tokens()["id_token"])["sid"] == before


def test_tabs_that_sign_in_as_somebody_else_at_once_end_the_first_row(party: Party) -> None:
    User.objects.create_user("bob", None, PASSWORD)
    before = UserSession.objects.get().session_id
    tabs = [shared(party, number) for number in range(AT_ONCE)]
    assert statuses(at_once(lambda n: tabs[n].sign_in("bob"))) == {302: AT_ONCE}
    rows = dict(UserSession.objects.values_list("session_key", "session_id"))
    assert before not in rows.values()
    assert rows == signed_in_sessions()


def test_a_session_that_began_elsewhere_gets_one_row(party: Party) -> None:
    """The host was signed in to before the provider was installed, and all tabs come back."""
    UserSession.objects.all().delete()
    old = Party(browser=hostile_browser())
    old.browser.force_login(User.objects.get(username="ada"))
    tabs = [shared(old, number) for number in range(AT_ONCE)]
    assert statuses(at_once(lambda n: tabs[n].authorize())) == {302: AT_ONCE}
    assert rows_by_key() == {key_of(old): 1}
    assert dict(UserSession.objects.values_list("session_key", "session_id")).items() <= (
        signed_in_sessions().items()
    )
    old.browser.post("/account/logout/", secure=True)
    assert not rows_by_key()
