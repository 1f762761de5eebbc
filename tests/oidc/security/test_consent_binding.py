"""A consent belongs to the request and the person it was given for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.models import UserConsent
from tests.oidc.parties import PASSWORD, Party, answer_of, configure, web_client


@pytest.fixture
def asking(everybody: Party) -> Party:
    return Party("asking", browser=everybody.browser)


def way_back(response: Any) -> str:
    """Return the return address that a page was given."""
    return parse_qs(urlsplit(response.headers["Location"]).query)["next"][0]


def allow(party: Party, back: str, *scopes: str, **form: str) -> Any:
    given = {"next": back, "allow": "1", "scope": scopes} | form
    return party.browser.post("/account/consent/", given, secure=True)


def asked(party: Party, **parameters: str) -> str:
    response = party.authorize(**parameters)
    assert response.headers["Location"].startswith("/account/consent/")
    return way_back(response)


def test_a_consent_is_good_for_its_request_once(asking: Party) -> None:
    back = asked(asking)
    response = allow(asking, back, "openid", "profile")
    assert response.headers["Location"] == back
    assert answer_of(asking.browser.get(back, secure=True))["code"]
    again = asking.browser.get(back, secure=True)
    assert again.headers["Location"].startswith("/account/consent/")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("scope=openid+profile", "scope=openid+profile+orders.read"),
        ("scope=openid+profile", "scope=openid"),
        ("nonce=n-1", "nonce=n-2"),
        ("state=xyz", "state=abc"),
        ("state=xyz", "state=xyz&resource=orders"),
        ("state=xyz", "state=xyz&claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%7D%7D"),
        ("state=xyz", "state=xyz&response_mode=fragment"),
        ("state=xyz", f"state=xyz&code_challenge_method=S256&code_challenge={'a' * 43}"),
        ("client_id=asking", "client_id=asking2"),
    ],
)
@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_a_consent_is_good_for_no_other_request(asking: Party, before: str, after: str) -> None:
    configure(web_client("asking2", require_consent=True))
    back = asked(asking)
    allow(asking, back, "openid", "profile")
    assert before in back
    response = asking.browser.get(back.replace(before, after), secure=True)
    assert response.headers["Location"].startswith(("/account/consent/", "/account/error/"))


@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_a_consent_is_good_for_no_other_person(asking: Party) -> None:
    User.objects.create_user("bob", None, PASSWORD)
    back = asked(asking)
    allow(asking, back, "openid", "profile")
    assert asking.sign_in("bob").status_code == 302
    response = asking.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/consent/")


def test_scopes_that_were_not_asked_for_cannot_be_allowed(asking: Party) -> None:
    back = asked(asking)
    allow(asking, back, "openid", "orders.read", "email", "offline_access")
    answer = asking.exchange(answer_of(asking.browser.get(back, secure=True))["code"])
    assert answer["scope"] == "openid"


def test_a_required_scope_cannot_be_left_out(asking: Party) -> None:
    back = asked(asking)
    allow(asking, back, "profile")
    assert answer_of(asking.browser.get(back, secure=True))["error"] == "access_denied"


def test_a_consent_remembered_for_less_does_not_cover_more(asking: Party) -> None:
    back = asked(asking)
    allow(asking, back, "openid", "profile", remember="1")
    assert answer_of(asking.browser.get(back, secure=True))["code"]
    assert answer_of(asking.authorize())["code"]
    asked(asking, scope="openid profile orders.read")
    asked(asking, scope="openid profile offline_access")


def test_nothing_is_remembered_where_that_is_not_allowed(asking: Party) -> None:
    configure(web_client("asking", require_consent=True, allow_remember_consent=False))
    back = asked(asking)
    allow(asking, back, "openid", "profile", remember="1")
    assert answer_of(asking.browser.get(back, secure=True))["code"]
    assert not UserConsent.objects.exists()
    asked(asking)


def test_an_old_consent_page_has_no_effect(asking: Party, time_machine: Any) -> None:
    back = asked(asking)
    allow(asking, back, "openid", "profile")
    time_machine.move(3601)
    response = asking.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/consent/")


def test_a_parameter_is_no_consent(asking: Party) -> None:
    for name in ("suppressed_prompt", "consent", "allow", "scope_consented"):
        asked(asking, **{name: "consent"})
    asked(asking, prompt="consent", suppressed_prompt="consent")
    silent = answer_of(asking.authorize(prompt="none", suppressed_prompt="consent"))
    assert silent["error"] == "consent_required"


def test_a_refusal_of_one_person_is_not_that_of_another(asking: Party) -> None:
    """Who cancelled before signing in has said no; who signs in after that is asked."""
    back = asked(asking)
    asking.browser.post("/account/consent/", {"next": back, "deny": "1"}, secure=True)
    User.objects.create_user("bob", None, PASSWORD)
    asking.sign_in("bob")
    response = asking.browser.get(back, secure=True)
    assert response.headers["Location"].startswith("/account/consent/")
