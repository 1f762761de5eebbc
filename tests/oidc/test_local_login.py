"""A client that takes no sign-in by password (EnableLocalLogin)."""

from __future__ import annotations

import pytest

from identity_bridge.models import User
from tests.passkeys.authenticator import Authenticator

from .parties import PASSWORD, Party, answer_of, browser, configure, web_client

RP_ID = "id.example"


@pytest.fixture
def external(user: object) -> Party:
    configure(web_client("external", enable_local_login=False))
    return Party("external", browser=browser())


def test_no_password_is_asked_for_or_taken(external: Party) -> None:
    there = external.authorize().headers["Location"]
    page = external.browser.get(there, secure=True).content.decode()
    assert 'type="password"' not in page
    assert "takes no sign-in by password" in page
    assert ">Sign in to go on to Shop.</p>" in page
    given = {"username": "ada", "password": PASSWORD}
    answer = external.browser.post(there, given, secure=True)
    assert answer.status_code == 200
    assert "_auth_user_id" not in external.browser.session


def test_there_is_a_way_back_to_the_client(external: Party) -> None:
    there = external.authorize().headers["Location"]
    response = external.browser.post(there, {"cancel": "1"}, secure=True)
    answer = external.browser.get(response.headers["Location"], secure=True)
    assert answer_of(answer)["error"] == "access_denied"


def test_who_is_signed_in_by_password_has_to_sign_in_otherwise(external: Party) -> None:
    external.sign_in("ada")
    assert external.authorize().headers["Location"].startswith("/account/login/")


def test_no_passkey_is_asked_for_or_taken(external: Party, user: User) -> None:
    there = external.authorize().headers["Location"]
    assert "data-passkey" not in external.browser.get(there, secure=True).content.decode()
    query = there.partition("?")[2]
    assert _sign_in_by_passkey(external, user, query) == there
    assert "_auth_user_id" not in external.browser.session


def test_another_client_takes_a_passkey(user: User) -> None:
    configure(web_client("other"))
    party = Party("other", browser=browser())
    query = party.authorize().headers["Location"].partition("?")[2]
    assert _sign_in_by_passkey(party, user, query).startswith("/connect/authorize")
    assert "_auth_user_id" in party.browser.session


def _sign_in_by_passkey(party: Party, user: User, query: str) -> str:
    """Give the user a passkey, sign in with it, and return where that leads."""
    device = Authenticator(user_handle=str(user.pk).encode())
    host = {"HTTP_ORIGIN": f"https://{RP_ID}", "HTTP_HOST": RP_ID, "secure": True}
    owner = browser()
    owner.force_login(user)
    made = device.create(
        owner.post("/account/passkeys/add/options/", **host).json(), origin=host["HTTP_ORIGIN"]
    )
    owner.post("/account/passkeys/add/", {"credential": made}, **host)
    options = party.browser.post("/account/passkeys/sign-in/options/", **host).json()
    credential = device.get(options, origin=host["HTTP_ORIGIN"])
    address = f"/account/passkeys/sign-in/?{query}"
    answer = party.browser.post(address, {"credential": credential}, **host)
    return str(answer.headers["Location"])
