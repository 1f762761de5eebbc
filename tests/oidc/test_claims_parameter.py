"""A client asks for single claims, for one person, for a level of sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity_bridge.models import User
from identity_bridge.oidc.adapter import OidcAdapter
from identity_bridge.oidc.protocol import claims_request
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.limits import CLAIMS

from .parties import Party, answer_of, claims_of, configure, web_client

pytestmark = pytest.mark.spec("OIDC Core", "5.5")

GOLD, SILVER = "urn:level:gold", "urn:level:silver"


class Levels(OidcAdapter):
    def get_acr(self, *, user: Any, amr: Sequence[str]) -> str:
        return SILVER if list(amr) == ["pwd"] else GOLD


@pytest.fixture
def levels(bridge: Callable[..., None]) -> None:
    bridge(OIDC_ADAPTER=f"{__name__}.Levels")


def wanting(target: str, **claims: Any) -> str:
    return json.dumps({target: claims})


@pytest.mark.parametrize("target", ["id_token", "userinfo"])
def test_a_standard_claim_brings_its_scope(web: Party, target: str) -> None:
    tokens = web.tokens(scope="openid", claims=wanting(target, email=None))
    assert tokens["scope"].split() == ["openid", "email"]
    assert web.userinfo(tokens["access_token"]).json()["email"] == "ada@example.org"
    in_id_token = {"email", "email_verified"} & set(claims_of(tokens["id_token"]))
    assert in_id_token == ({"email"} if target == "id_token" else set())


def test_a_scope_that_is_asked_for_comes_once(web: Party) -> None:
    tokens = web.tokens(scope="openid email", claims=wanting("userinfo", email=None))
    assert tokens["scope"].split() == ["openid", "email"]


def test_a_scope_of_the_client_only(user: User, web: Party) -> None:
    configure(web_client("curious", allowed_scopes=["openid"], allow_offline_access=False))
    curious = Party("curious", browser=web.browser)
    tokens = curious.tokens(scope="openid", claims=wanting("userinfo", email=None))
    assert tokens["scope"] == "openid"
    assert set(curious.userinfo(tokens["access_token"]).json()) == {"sub"}


def test_without_openid_no_claim_brings_a_scope(web: Party) -> None:
    tokens = web.tokens(scope="orders.read", claims=wanting("userinfo", email=None))
    assert tokens["scope"] == "orders.read"


def test_claims_in_the_id_token_outlive_no_refresh(web: Party) -> None:
    """What was asked for is remembered with the code; a refresh says what the scopes say."""
    tokens = web.tokens(
        scope="openid offline_access", claims=wanting("id_token", email={"essential": True})
    )
    assert claims_of(tokens["id_token"])["email"] == "ada@example.org"
    again = web.refresh(tokens["refresh_token"])
    assert "email" not in claims_of(again["id_token"])
    assert web.userinfo(again["access_token"]).json()["email"] == "ada@example.org"


@pytest.mark.spec("OIDC Core", "5.5.1")
@pytest.mark.parametrize("target", ["id_token", "userinfo"])
def test_nobody_but_the_subject_is_answered(web: Party, user: User, target: str) -> None:
    wanted = wanting(target, sub={"value": str(user.pk)})
    assert "code" in answer_of(web.authorize(claims=wanted))
    other = wanting(target, sub={"value": "somebody-else"})
    assert answer_of(web.authorize(claims=other, prompt="none"))["error"] == "login_required"
    assert web.authorize(claims=other).headers["Location"].startswith("/account/login/")


def test_two_subjects_are_none(web: Party) -> None:
    wanted = json.dumps({"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}})
    assert web.authorize(claims=wanted).headers["Location"].startswith("/account/error/")


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_an_essential_level_is_met_or_refused(levels: None, web: Party) -> None:
    silver = wanting("id_token", acr={"essential": True, "values": [GOLD, SILVER]})
    assert claims_of(web.tokens(claims=silver)["id_token"])["acr"] == SILVER
    gold = wanting("id_token", acr={"essential": True, "value": GOLD})
    answer = answer_of(web.authorize(claims=gold))
    assert answer["error"] == "unmet_authentication_requirements"
    assert (answer["state"], "code" in answer) == ("xyz", False)


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_a_wish_for_a_level_refuses_nobody(levels: None, web: Party) -> None:
    wish = wanting("id_token", acr={"values": [GOLD]})
    assert claims_of(web.tokens(claims=wish)["id_token"])["acr"] == SILVER
    assert claims_of(web.tokens(acr_values=GOLD)["id_token"])["acr"] == SILVER


def test_nobody_signed_in_is_sent_to_the_login_before_the_level_counts(
    levels: None, web: Party
) -> None:
    web.browser.logout()
    gold = wanting("id_token", acr={"essential": True, "value": GOLD})
    assert web.authorize(claims=gold).headers["Location"].startswith("/account/login/")


BAD = [
    "[]",
    "1",
    '"x"',
    "{",
    "[" * 5000,
    "{" + '"a":{' * 2000,
    '{"id_token":{"sub":{"value":"\\u0000"}}}',
    '{"id_token":{"sub":{"value":"\\ud800"}}}',
    '{"id_token":{"sub":{"value":7}}}',
    '{"id_token":{"acr":{"values":[["x"]]}}}',
    json.dumps({"id_token": {"x": "y" * CLAIMS}}),
]


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:30])
def test_what_is_no_request_for_claims_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        claims_request.parse(text)
    assert (caught.value.error, caught.value.description) == ("invalid_request", "Invalid claims")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["id_token", "userinfo", "sub", "acr", "value", "values", "essential"])
            | st.text(),
            inner,
        )
    ),
)


@settings(max_examples=300)
@given(document=_json)
def test_any_document_is_read_or_refused(document: Any) -> None:
    try:
        found = claims_request.parse(json.dumps(document))
    except ProtocolError:
        return
    assert found.subject is None or found.subject.isprintable()
    assert all(value.isprintable() for value in found.acr_values)
