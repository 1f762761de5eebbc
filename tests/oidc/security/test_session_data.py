"""What stands in the Django session is no longer what was put there: another version of the host
wrote it, or a store that keeps no types. Somebody signs in again; nobody is shown a 500."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.oidc.models import UserSession
from tests.oidc.parties import Party, answer_of

from .test_consent_binding import allow, way_back

GARBAGE: list[Any] = [
    "\0",
    "\ud800",
    0,
    7,
    -1.5,
    True,
    "",
    "x",
    [],
    [["a"], 1],
    {},
    {"a": {"b": None}},
]
SID, IDP, AMR = "_identity_bridge_sid", "_identity_bridge_idp", "_identity_bridge_amr"
PROMPTED, DECISIONS = "_identity_bridge_prompted", "_identity_bridge_decisions"
CHECKED = "_identity_bridge_checked"
PAGES = (
    "/account/login/",
    "/account/profile/",
    "/account/applications/",
    "/account/device/",
    "/connect/endsession",
    "/account/end-session/",
)
garbage = pytest.mark.parametrize("value", GARBAGE, ids=lambda value: ascii(value)[:20])


def put(party: Party, **values: Any) -> None:
    """Write into the session behind the browser's cookie."""
    session = party.browser.session
    session.update(values)
    session.save()


def look_around(party: Party) -> None:
    for path in PAGES:
        response = party.browser.get(path, secure=True)
        assert response.status_code in {200, 302}, (path, response.status_code)


@garbage
def test_a_session_id_that_is_none_leads_to_the_login_page(everybody: Party, value: Any) -> None:
    put(everybody, **{SID: value})
    assert everybody.authorize().headers["Location"].startswith("/account/login/")
    assert answer_of(everybody.authorize(prompt="none"))["error"] == "login_required"
    look_around(everybody)
    assert everybody.sign_in("ada").status_code == 302
    assert everybody.tokens()["id_token"]


@garbage
def test_signing_out_works_whatever_the_session_id_is(everybody: Party, value: Any) -> None:
    put(everybody, **{SID: value})
    assert everybody.browser.post("/account/logout/", secure=True).status_code == 302
    assert everybody.browser.get("/account/profile/", secure=True).status_code == 302


@garbage
@pytest.mark.parametrize("name", [IDP, AMR])
def test_a_sign_in_of_unknown_manner_breaks_nothing(
    everybody: Party, name: str, value: Any
) -> None:
    """The row of the session is gone with the id, so it is made anew of what stands there."""
    put(everybody, **{name: value})
    session = everybody.browser.session
    del session[SID]
    session.save()
    UserSession.objects.all().delete()
    response = everybody.authorize()
    assert response.status_code == 302
    look_around(everybody)
    everybody.sign_in("ada")
    assert everybody.tokens()["id_token"]


@garbage
def test_a_user_who_was_checked_at_no_time_is_checked(everybody: Party, value: Any) -> None:
    put(everybody, **{CHECKED: value})
    assert everybody.code()
    checked = everybody.browser.session[CHECKED]
    assert isinstance(checked, float)
    assert checked > 1_000_000_000


@garbage
@pytest.mark.parametrize("prompt", ["login", "consent"])
def test_answers_that_are_none_are_asked_for_again(
    everybody: Party, value: Any, prompt: str
) -> None:
    asked = everybody.authorize(prompt=prompt)
    page = asked.headers["Location"].partition("?")[0]
    back = way_back(asked)
    put(everybody, **{PROMPTED: value, DECISIONS: value})
    again = everybody.browser.get(back, secure=True)
    assert again.headers["Location"].partition("?")[0] == page
    if prompt == "consent":
        allow(everybody, back, "openid", "profile")
    else:
        everybody.sign_in("ada")
    assert answer_of(everybody.browser.get(back, secure=True))["code"]


@garbage
def test_single_answers_that_are_none_are_asked_for_again(everybody: Party, value: Any) -> None:
    """The dictionaries are there, with something else in them."""
    back = way_back(everybody.authorize(prompt="consent"))
    allow(everybody, back, "openid", "profile")
    session = everybody.browser.session
    session[DECISIONS] = dict.fromkeys(session[DECISIONS], value)
    session.save()
    again = everybody.browser.get(back, secure=True)
    assert again.headers["Location"].startswith("/account/consent/")
    login = way_back(everybody.authorize(prompt="login"))
    session = everybody.browser.session
    session[PROMPTED] = dict.fromkeys(session[PROMPTED], value)
    session.save()
    assert (
        everybody.browser.get(login, secure=True).headers["Location"].startswith("/account/login/")
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [("scopes", 5), ("scopes", [1]), ("scopes", [["a"]]), ("remember", "x"), ("error", None),
     ("at", "x")],
)  # fmt: skip
def test_an_answer_of_other_types_is_asked_for_again(
    everybody: Party, member: str, value: Any
) -> None:
    back = way_back(everybody.authorize(prompt="consent"))
    allow(everybody, back, "openid", "profile")
    session = everybody.browser.session
    kept = session[DECISIONS]
    session[DECISIONS] = {key: one | {member: value} for key, one in kept.items()}
    session.save()
    again = everybody.browser.get(back, secure=True)
    assert again.headers["Location"].startswith("/account/consent/")
