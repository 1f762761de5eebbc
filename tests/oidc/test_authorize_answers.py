"""What the authorize endpoint answers where docs/reference/differences.md explains it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from identity_bridge.oidc.interaction.errors import PARAMETER, shown_error
from identity_bridge.oidc.protocol import limits

from .parties import REDIRECT_URI, Party, answer_of, post_form


def request(**parameters: str) -> dict[str, str]:
    return {
        "client_id": "web",
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
    } | parameters


def posted(party: Party, form: dict[str, str]) -> Any:
    return post_form(party.browser, "/connect/authorize", form)


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_state_is_given_back_up_to_its_limit(web: Party) -> None:
    state = "s" * limits.STATE
    assert answer_of(posted(web, request(state=state)))["state"] == state
    response = posted(web, request(state=state + "s"))
    query = dict(parse_qsl(urlsplit(response.headers["Location"]).query))
    shown = shown_error(query[PARAMETER])
    assert shown is not None
    assert shown.error == "invalid_request"


@pytest.mark.spec("RFC 9700", "4.12")
def test_a_form_is_answered_so_that_the_browser_does_not_send_it_on(web: Party) -> None:
    """307 and 308 would have it posted to the client, with whatever is in it."""
    response = posted(web, request())
    assert response.status_code == 302
    assert "code" in answer_of(response)
