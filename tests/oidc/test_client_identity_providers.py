"""Which sign-ins a client takes, and what it may have come through the browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from identity_bridge.models import User
from identity_bridge.signin.sessions import sign_in

from .parties import HOST, Party, answer_of, claims_of, configure, fragment_of, web_client

LOGIN = "/account/login/"


def sign_in_through(party: Party, user: User, provider: str) -> None:
    """Sign somebody in as a project does that has asked another provider."""
    request: Any = RequestFactory().get("/", headers={"host": HOST}, secure=True)
    request.session = party.browser.session
    sign_in(request=request, user=user, amr="external", provider=provider)
    request.session.save()
    party.browser.cookies["sessionid"] = request.session.session_key


@pytest.fixture
def picky(user: User) -> Party:
    """A client that takes sign-ins through one other provider only."""
    configure(
        web_client("picky", identity_provider_restrictions=["harbor"], enable_local_login=False)
    )
    return Party("picky")


def test_a_sign_in_through_another_provider_is_asked_again(picky: Party, user: User) -> None:
    sign_in_through(picky, user, "elsewhere")
    assert Party(browser=picky.browser).code()
    assert picky.authorize().headers["Location"].startswith(LOGIN)
    assert answer_of(picky.authorize(prompt="none"))["error"] == "login_required"


def test_a_sign_in_through_the_right_provider_is_taken(picky: Party, user: User) -> None:
    sign_in_through(picky, user, "harbor")
    assert claims_of(picky.tokens()["id_token"])["idp"] == "harbor"


def test_a_password_after_that_is_a_local_sign_in(picky: Party, user: User) -> None:
    sign_in_through(picky, user, "harbor")
    picky.sign_in("ada")
    assert picky.authorize().headers["Location"].startswith(LOGIN)
    assert claims_of(Party(browser=picky.browser).tokens()["id_token"])["idp"] == "local"


def test_a_local_sign_in_counts_as_the_client_says(picky: Party) -> None:
    """The list is of other providers; whether a password will do is a setting of its own."""
    configure(web_client("both", identity_provider_restrictions=["harbor"]))
    picky.sign_in("ada")
    assert picky.authorize().headers["Location"].startswith(LOGIN)
    assert claims_of(Party("both", browser=picky.browser).tokens()["id_token"])["idp"] == "local"


def test_a_wish_for_a_provider_counts_unless_the_client_has_others(
    picky: Party, user: User
) -> None:
    """``acr_values=idp:…`` goes to the provider named; one that is not on the list is not heard."""
    sign_in_through(picky, user, "harbor")
    wish = {"acr_values": "idp:elsewhere"}
    assert Party(browser=picky.browser).authorize(**wish).headers["Location"].startswith(LOGIN)
    assert picky.code(**wish)
    assert picky.code(acr_values="idp:harbor")


@pytest.mark.spec("OIDC Core", "3.3")
@pytest.mark.parametrize("response_type", ["code token", "code id_token token"])
def test_a_token_comes_through_the_browser_only_if_the_client_says_so(
    response_type: str, user: User
) -> None:
    hybrid = {"allowed_grant_types": ["hybrid"]}
    configure(
        web_client("careful", **hybrid),
        web_client("open", **hybrid, allow_access_tokens_via_browser=True),
    )
    careful = Party("careful")
    careful.sign_in("ada")
    response = careful.authorize(response_type=response_type)
    assert response.headers["Location"].startswith("/account/error/")
    page = careful.browser.get(response.headers["Location"], secure=True).content.decode()
    assert "not configured to receive access tokens via browser" in page
    assert "code" in fragment_of(careful.authorize(response_type="code id_token"))
    taken = fragment_of(
        Party("open", browser=careful.browser).authorize(response_type=response_type)
    )
    assert taken.keys() >= {"code", "access_token"}
