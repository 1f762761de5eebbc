"""The error page: a number that finds the record in the log, and little else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from .parties import REDIRECT_URI, Party, browser, configure, web_client

LOGGER = "identity_bridge.oidc"


def shown_on(party: Party, response: Any) -> tuple[dict[str, str], str]:
    """Return the page that a refused request leads to: its terms, and all of its text."""
    location = response.headers["Location"]
    assert location.startswith("/account/error/?"), location
    page = party.browser.get(location, secure=True)
    assert page.status_code == 400
    text = page.content.decode()
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    return {term: unescape(re.sub("<[^>]+>", "", given)) for term, given in found}, text


def logged(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Return the parts of the one record about an error."""
    found = [r for r in caplog.records if "event=authorize_error" in r.getMessage()]
    assert [(r.name, r.levelname) for r in found] == [(LOGGER, "WARNING")]
    return dict(re.findall(r"(\w+)=('[^']*'|\S+)", found[0].getMessage()))


def test_the_number_on_the_page_finds_the_record(
    web: Party, caplog: pytest.LogCaptureFixture
) -> None:
    terms, _text = shown_on(web, web.authorize(scope="nothing"))
    record = logged(caplog)
    assert terms["Number"] == record["id"]
    assert re.fullmatch("[0-9a-f]{16}", record["id"])
    assert terms["Error"] == record["error"] == "invalid_scope"
    assert record["client"] == "'web'"


def test_each_error_has_a_number_of_its_own(web: Party) -> None:
    numbers = {shown_on(web, web.authorize(scope="nothing"))[0]["Number"] for _ in range(3)}
    assert len(numbers) == 3


def test_the_page_says_what_the_record_says_and_no_more(
    web: Party, caplog: pytest.LogCaptureFixture
) -> None:
    configure(web_client("the-id-of-a-client", client_name="Shop & Sons"))
    party = Party("the-id-of-a-client", browser=web.browser)
    asked = {
        "redirect_uri": f"{REDIRECT_URI}/elsewhere",
        "state": "the-state",
        "nonce": "the-nonce",
        "login_hint": "ada@example.org",
    }
    terms, text = shown_on(party, party.authorize(**asked))
    record = logged(caplog)
    assert terms == {
        "Error": record["error"],
        "Found": record["description"].strip("'"),
        "Application": "Shop & Sons",
        "Number": record["id"],
    }
    assert terms["Found"] == "Invalid redirect_uri"
    for said in (*asked.values(), party.client_id, "app.example.org", "Traceback"):
        assert said not in text


def test_a_name_that_no_client_has_is_in_the_log_only(
    web: Party, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = Party("call-0800-555-now", browser=web.browser)
    terms, text = shown_on(nobody, nobody.authorize())
    assert "Application" not in terms
    assert nobody.client_id not in text
    assert nobody.client_id in logged(caplog)["client"]


def test_a_record_is_one_line_whatever_a_client_sends(
    web: Party, caplog: pytest.LogCaptureFixture
) -> None:
    forging = Party("web\nevent=authorize_error id=0", browser=web.browser)
    forging.authorize()
    (record,) = [r for r in caplog.records if r.name == LOGGER]
    assert "\n" not in record.getMessage()


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{}, {"errorId": "forged"}])
def test_a_page_that_was_not_sent_by_us_shows_nothing(
    query: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    page = browser().get("/account/error/", query, secure=True)
    assert page.status_code == 400
    assert "<dt>" not in page.content.decode()
    assert not [r for r in caplog.records if r.name == LOGGER]


def test_an_old_address_shows_nothing(web: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a browser's history is not a record to go by."""
    from django.core import signing

    response = web.authorize(scope="nothing")
    later = signing.time.time() + 3601
    monkeypatch.setattr(signing.time, "time", lambda: later)
    page = web.browser.get(response.headers["Location"], secure=True)
    assert "<dt>" not in page.content.decode()
