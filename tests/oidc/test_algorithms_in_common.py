"""A token is signed as whoever takes it has said, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.configuration import document, writing
from identity_bridge.oidc.models import AuthorizationCode

from .parties import RESOURCES, Party, configure, header_of, web_client


@pytest.fixture
def two_algorithms(bridge: Callable[..., None]) -> None:
    bridge(OIDC_SIGNING_ALGORITHMS=("RS256", "ES256"))


def configure_apis(*lists: list[str]) -> None:
    """Load one API for each list of algorithms; all have the scope orders.read."""
    apis = [
        {
            "name": f"api{number}",
            "scopes": ["orders.read"],
            "allowed_access_token_signing_algorithms": one,
        }
        for number, one in enumerate(lists)
    ]
    resources: dict[str, Any] = RESOURCES | {"api_resources": apis}
    writing.write(document.parse(resources | {"clients": [web_client()]}))


@pytest.mark.parametrize(
    ("lists", "algorithm"),
    [
        ([[]], "RS256"),
        ([["ES256"]], "ES256"),
        ([["ES256", "RS256"], ["ES256"]], "ES256"),
        ([[], ["ES256"]], "ES256"),
        ([["ES384"]], None),
        ([["RS256"], ["ES256"]], None),
    ],
    ids=str,
)
def test_all_apis_of_a_token_take_its_algorithm(
    two_algorithms: None, user: User, lists: list[list[str]], algorithm: str | None
) -> None:
    configure_apis(*lists)
    party = Party()
    party.sign_in("ada")
    code = party.code(scope="openid orders.read")
    if algorithm is not None:
        assert header_of(party.exchange(code)["access_token"])["alg"] == algorithm
        return
    answer = party.exchange(code, status=400)
    assert answer["error"] == "invalid_request"
    assert "signing algorithm" in answer["error_description"]
    assert AuthorizationCode.objects.get().consumed is None


def test_a_client_that_takes_none_of_ours_gets_no_id_token(
    two_algorithms: None, web: Party
) -> None:
    configure(
        web_client(
            "picky",
            allowed_identity_token_signing_algorithms=["ES512"],
            allowed_grant_types=["implicit"],
        )
    )
    picky = Party("picky", browser=web.browser)
    response = picky.authorize(response_type="id_token", scope="openid")
    assert response.headers["Location"].startswith("/account/error/")
