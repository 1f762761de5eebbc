"""A client that takes no sign-in by password (EnableLocalLogin)."""

from __future__ import annotations

import pytest

from .parties import PASSWORD, Party, answer_of, browser, configure, web_client


@pytest.fixture
def external(user: object) -> Party:
    configure(web_client("external", enable_local_login=False))
    return Party("external", browser=browser())


def test_no_password_is_asked_for_or_taken(external: Party) -> None:
    there = external.authorize().headers["Location"]
    page = external.browser.get(there, secure=True).content.decode()
    assert 'type="password"' not in page
    assert "takes no sign-in by password" in page
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
