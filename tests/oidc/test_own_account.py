"""New accounts on the way to a client (prompt=create), and accounts that change or go."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail

from identity_bridge.models import User
from identity_bridge.oidc.models import LogoutNotification, RefreshToken, UserSession
from tests.account.mailing import Visitor, mailed_link

from .parties import HOST, PASSWORD, Party, answer_of, browser, claims_of, configure, web_client

REGISTER = "/account/register/"
NEW = "new@example.org"


@pytest.fixture
def bridge(settings: Any) -> Any:
    def give(**values: Any) -> None:
        settings.IDENTITY_BRIDGE = {
            "OIDC_LOGOUT_DELIVERY": "command",
            "MAIL_DELIVERY": "direct",
            "OIDC_CREATE_ACCOUNT_URL": "account:register",
        } | values

    give()
    return give


@pytest.fixture
def party(db: None) -> Party:
    configure()
    return Party(browser=Visitor(headers={"host": HOST}))


def filled(target: str, email: str = NEW) -> dict[str, str]:
    return {"email": email, "new_password": PASSWORD, "repeat": PASSWORD, "next": target}


def asked_to_register(party: Party) -> str:
    """Ask with prompt=create; where the page for new accounts leads in the end."""
    location = party.authorize(prompt="create").headers["Location"]
    assert urlsplit(location).path == REGISTER
    page = party.browser.get(location, secure=True)
    assert page.status_code == 200
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    return parse_qs(urlsplit(location).query)["next"][0]


@pytest.mark.spec("Initiating User Registration via OpenID Connect", "4.1")
def test_a_new_account_leads_back_to_the_client_with_a_code(party: Party, bridge: Any) -> None:
    target = asked_to_register(party)
    registered = party.browser.post(REGISTER, filled(target), secure=True)
    assert registered.status_code == 302
    back = party.browser.get(registered["Location"], secure=True)
    answer = answer_of(back)
    assert answer["state"] == "xyz"
    claims = claims_of(party.exchange(answer["code"])["id_token"])
    assert claims["sub"] == str(User.objects.get().pk)


def test_it_does_so_for_somebody_who_was_signed_in_as_another(
    party: Party, user: User, bridge: Any
) -> None:
    party.sign_in("ada")
    target = asked_to_register(party)
    registered = party.browser.post(REGISTER, filled(target), secure=True)
    answer = answer_of(party.browser.get(registered["Location"], secure=True))
    claims = claims_of(party.exchange(answer["code"])["id_token"])
    assert claims["sub"] == str(User.objects.get(username=NEW).pk)


def test_after_the_confirmation_too(party: Party, bridge: Any) -> None:
    bridge(SIGN_IN_REQUIRE_CONFIRMED_EMAIL=True)
    target = asked_to_register(party)
    party.browser.post(REGISTER, filled(target), secure=True)
    moved = party.browser.get(mailed_link(), secure=True)
    done = party.browser.post(moved["Location"], follow=True, secure=True).content.decode()
    login = done.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    form = {"username": NEW, "password": PASSWORD}
    signed_in = party.browser.post(login, form, secure=True)
    assert "code" in answer_of(party.browser.get(signed_in["Location"], secure=True))


def test_a_client_without_passwords_offers_no_account_with_one(party: Party, bridge: Any) -> None:
    configure(web_client("partners", enable_local_login=False))
    for client_id, offers in (("web", True), ("partners", False)):
        location = party.authorize(client_id=client_id).headers["Location"]
        page = party.browser.get(location, secure=True).content.decode()
        assert (REGISTER in page) is offers


def test_discovery_announces_the_prompt(party: Party, bridge: Any) -> None:
    document = party.browser.get("/.well-known/openid-configuration", secure=True).json()
    assert "create" in document["prompt_values_supported"]


# -- what ends with the password, and with the account --------------------------------------------


@pytest.fixture
def shop(user: User, bridge: Any) -> Party:
    """A client that hears of sign-outs, with ada signed in and a refresh token."""
    configure(web_client("shop", back_channel_logout_uri="https://shop.example.org/out"))
    party = Party(client_id="shop", browser=Visitor(headers={"host": HOST}))
    party.sign_in("ada")
    assert "refresh_token" in party.tokens(scope="openid profile offline_access")
    return party


def test_a_new_password_ends_the_sessions_at_clients(shop: Party, user: User) -> None:
    User.objects.update(email_confirmed=True)
    visitor = Visitor(headers={"host": HOST})
    visitor.post("/account/forgot-password/", {"email": "ada@example.org"}, secure=True)
    assert len(mail.outbox) == 1
    path = visitor.get(mailed_link(), secure=True)["Location"]
    new = {"new_password": "Cedar-Velvet4417?", "repeat": "Cedar-Velvet4417?"}
    assert visitor.post(path, new, secure=True).status_code == 302
    assert not UserSession.objects.exists()
    assert [row.client_id for row in LogoutNotification.objects.all()] == ["shop"]


def test_the_copy_of_the_own_data_names_clients_and_sessions(shop: Party) -> None:
    answer = shop.browser.post(
        "/account/personal-data/download/", {"password": PASSWORD}, secure=True
    )
    data = json.loads(answer.content)
    (application,) = data["Applications"]
    assert application["ClientId"] == "shop"
    assert application["Scopes"] == ["offline_access", "openid", "profile"]
    (session,) = data["Sessions"]
    assert session.keys() == {"SignedIn", "LastSeen", "Provider"}
    assert session["Provider"] == "local"


def test_a_deleted_account_leaves_no_session_and_no_token(shop: Party, user: User) -> None:
    second = Party(client_id="shop", browser=browser())
    second.sign_in("ada")
    second.tokens()
    answer = shop.browser.post("/account/delete-account/", {"password": PASSWORD}, secure=True)
    assert answer.status_code == 302
    assert not User.objects.exists()
    assert not UserSession.objects.exists()
    assert not RefreshToken.objects.exists()
    told = LogoutNotification.objects.values_list("client_id", "subject")
    assert list(told) == [("shop", str(user.pk))] * 2
    assert second.browser.get("/account/profile/", secure=True).status_code == 302
