"""A grant of the project's own: for a user, with claims of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from identity_bridge.models import User
from identity_bridge.oidc import clock
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.interaction import SignedIn
from identity_bridge.oidc.token_requests import users
from identity_bridge.oidc.token_requests.answer import Outcome
from identity_bridge.oidc.token_requests.request import TokenRequest
from identity_bridge.oidc.tokens.issuing import Bearer

from .parties import Party, claims_of, configure, web_client

pytestmark = pytest.mark.spec("RFC 6749", "4.5")

GRANT = "urn:example:delegation"


def delegation(request: TokenRequest) -> Outcome:
    """Tokens about the user who is named, with the one that acts for them."""
    user = get_user_model().objects.filter(username=request.text("on_behalf_of")).first()
    if user is None:
        raise ProtocolError("invalid_grant", "Nobody has this name")
    granted = request.granted_now(store.get_resources(), with_user=True)
    signed_in = SignedIn(
        subject=get_adapter().get_sub(user=user),
        session_id="",
        auth_time=clock.seconds(),
        amr=("delegation",),
    )
    return users.first_outcome(
        request,
        bearer=Bearer(user=user, signed_in=signed_in),
        granted=granted,
        extra={"act": {"sub": "service"}, "sub": "forged", "iss": "forged"},
    )


@pytest.fixture
def party(user: User, bridge: Callable[..., None]) -> Party:
    bridge(OIDC_EXTENSION_GRANTS={GRANT: f"{__name__}.delegation"})
    configure(web_client("delegated", allowed_grant_types=[GRANT]))
    return Party("delegated")


def ask(party: Party, name: str = "ada", **options: Any) -> dict[str, Any]:
    return party.token(
        grant_type=GRANT, on_behalf_of=name, scope="openid orders.read offline_access", **options
    )


def test_it_gives_tokens_about_a_user_with_claims_of_its_own(party: Party, user: User) -> None:
    tokens = ask(party)
    claims = claims_of(tokens["access_token"])
    assert (claims["sub"], claims["act"]) == (str(user.pk), {"sub": "service"})
    assert claims["amr"] == ["delegation"]
    assert claims["iss"] != "forged"
    assert claims_of(tokens["id_token"])["sub"] == str(user.pk)


def test_its_claims_outlive_a_refresh(party: Party) -> None:
    again = party.refresh(ask(party)["refresh_token"])
    assert claims_of(again["access_token"])["act"] == {"sub": "service"}


def test_its_refusal_is_the_answer(party: Party) -> None:
    assert ask(party, "nobody", status=400) == {
        "error": "invalid_grant",
        "error_description": "Nobody has this name",
    }


def test_a_user_who_was_switched_off_gets_nothing_of_it(party: Party) -> None:
    User.objects.update(is_active=False)
    assert ask(party, status=400) == {"error": "invalid_grant"}


def test_a_client_without_it_is_refused(party: Party) -> None:
    other = Party()
    assert ask(other, status=400)["error"] == "unauthorized_client"
