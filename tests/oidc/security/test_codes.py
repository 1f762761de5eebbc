"""Authorization codes: one client, one address, one verifier, one use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.grants import codes
from identity_bridge.oidc.models import ApiScope, AuthorizationCode
from identity_bridge.oidc.protocol.pkce import challenge_of
from identity_bridge.users.passwords import change_password
from tests.oidc.parties import (
    PASSWORD,
    PKCE,
    REDIRECT_URI,
    VERIFIER,
    Party,
    configure,
    fragment_of,
    web_client,
)

OFFLINE = "openid offline_access"


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_a_code_is_good_for_its_own_client_only(everybody: Party) -> None:
    """And is not used up by another, who could otherwise sign users out of it."""
    code = everybody.code()
    other = Party("other", browser=everybody.browser)
    assert other.exchange(code, status=400) == {"error": "invalid_grant"}
    assert "access_token" in everybody.exchange(code)


@pytest.mark.parametrize(
    "uri", ["https://app.example.org/other", REDIRECT_URI.upper(), f"{REDIRECT_URI}?a=b"]
)
@pytest.mark.spec("RFC 6749", "4.1.3")
def test_a_code_is_good_for_its_own_address_only(everybody: Party, uri: str) -> None:
    code = everybody.code()
    assert everybody.exchange(code, status=400, redirect_uri=uri)["error"] == "invalid_grant"
    assert everybody.exchange(code, status=400)["error"] == "invalid_grant"


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_a_code_without_its_address_is_refused(everybody: Party) -> None:
    everybody.exchange(everybody.code(), status=400, redirect_uri="")


@pytest.mark.parametrize("verifier", ["", "a" * 43, VERIFIER[:-1], VERIFIER + "A", "ä" * 50])
@pytest.mark.spec("RFC 7636", "4.6")
def test_a_code_with_a_challenge_needs_its_verifier(everybody: Party, verifier: str) -> None:
    code = everybody.code(**PKCE)
    answer = everybody.exchange(code, status=400, code_verifier=verifier)
    assert answer == {"error": "invalid_grant"}


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_a_verifier_for_a_code_without_challenge_betrays_a_downgrade(everybody: Party) -> None:
    """RFC 9700, section 4.8.2: somebody has cut the challenge off."""
    code = everybody.code()
    assert everybody.exchange(code, status=400, code_verifier=VERIFIER)["error"] == "invalid_grant"


@pytest.mark.spec("RFC 7636", "7.2")
def test_a_challenge_cannot_be_made_plain(everybody: Party) -> None:
    for method in ("plain", "", "s256", "S512"):
        response = everybody.authorize(code_challenge=VERIFIER, code_challenge_method=method)
        assert response.headers["Location"].startswith("/account/error/")
    code = everybody.code(**PKCE)
    hashed = challenge_of(VERIFIER, "S256")
    assert everybody.exchange(code, status=400, code_verifier=hashed)["error"] == "invalid_grant"


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_a_public_client_gets_no_code_without_a_challenge(everybody: Party) -> None:
    response = everybody.authorize(client_id="spa")
    assert response.headers["Location"].startswith("/account/error/")


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replayed_code_ends_what_it_was_used_for(everybody: Party) -> None:
    referring = Party("referring", browser=everybody.browser)
    code = referring.code(scope=OFFLINE)
    tokens = referring.exchange(code)
    assert referring.userinfo(tokens["access_token"]).status_code == 200
    assert referring.exchange(code, status=400) == {"error": "invalid_grant"}
    assert referring.userinfo(tokens["access_token"]).status_code == 401
    assert referring.refresh(tokens["refresh_token"], status=400)["error"] == "invalid_grant"


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replayed_code_ends_what_came_of_its_refresh_tokens(everybody: Party) -> None:
    rotating = Party("rotating", browser=everybody.browser)
    code = rotating.code(scope=OFFLINE)
    second = rotating.refresh(rotating.exchange(code)["refresh_token"])
    rotating.exchange(code, status=400)
    assert rotating.refresh(second["refresh_token"], status=400)["error"] == "invalid_grant"


def test_a_replay_at_the_very_moment_of_the_use_ends_the_tokens_too(
    everybody: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two present the code at once: the second has read the row before the first has marked it."""
    code = everybody.code(scope=OFFLINE)
    tokens = everybody.exchange(code)
    find: Callable[[str], Any] = codes.find

    def early(handle: str) -> Any:
        found = find(handle)
        return None if found is None else replace(found, is_consumed=False)

    monkeypatch.setattr(codes, "find", early)
    assert everybody.exchange(code, status=400) == {"error": "invalid_grant"}
    assert everybody.refresh(tokens["refresh_token"], status=400)["error"] == "invalid_grant"


def test_a_replayed_code_ends_the_token_that_went_through_the_browser(everybody: Party) -> None:
    """RFC 6749, section 4.1.2: *all* tokens issued based on that code; it came in one answer."""
    configure(
        web_client(
            "hybrid",
            allowed_grant_types=["hybrid"],
            allow_access_tokens_via_browser=True,
            access_token_type="Reference",
        )
    )
    hybrid = Party("hybrid", browser=everybody.browser)
    answer = fragment_of(hybrid.authorize(response_type="code token"))
    hybrid.exchange(answer["code"])
    hybrid.exchange(answer["code"], status=400)
    assert hybrid.userinfo(answer["access_token"]).status_code == 401


def test_a_failed_exchange_uses_the_code_up(everybody: Party) -> None:
    code = everybody.code(**PKCE)
    everybody.exchange(code, status=400, code_verifier="a" * 43)
    everybody.exchange(code, status=400, code_verifier=VERIFIER)
    assert AuthorizationCode.objects.exclude(consumed=None).exists()


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_an_old_code_is_refused(everybody: Party, time_machine: Any) -> None:
    code = everybody.code()
    time_machine.move(301)
    assert everybody.exchange(code, status=400) == {"error": "invalid_grant"}


@pytest.mark.parametrize("code", ["", "A", "A" * 101, "' OR 1=1", "%", "*"])
def test_a_code_that_never_was_is_refused(everybody: Party, code: str) -> None:
    assert everybody.exchange(code, status=400)["error"] == "invalid_grant"


def test_a_code_does_not_outlive_the_password_it_was_given_for(
    everybody: Party, user: User, bridge: Callable[..., None]
) -> None:
    """Where tokens end with the security stamp, so do codes: the thief of one would otherwise be
    given tokens that look newer than the change."""
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=True)
    code = everybody.code(scope=OFFLINE)
    changed = change_password(user=user, current=PASSWORD, new="Other-9026!x")
    assert changed.succeeded
    assert everybody.exchange(code, status=400) == {"error": "invalid_grant"}


def test_a_client_that_needs_dpop_gets_no_bearer_token_through_the_browser(
    everybody: Party,
) -> None:
    """The token endpoint refuses it; the authorize endpoint must not be the way around."""
    configure(
        web_client(
            "bound",
            allowed_grant_types=["implicit"],
            allow_access_tokens_via_browser=True,
            require_dpop=True,
        )
    )
    response = everybody.authorize(client_id="bound", response_type="id_token token")
    assert "access_token" not in response.headers["Location"]


def test_a_scope_that_was_switched_off_is_in_no_new_token(everybody: Party) -> None:
    code = everybody.code(scope="openid orders.read")
    scope = ApiScope.objects.get(name="orders.read")
    scope.enabled = False
    scope.save()
    answer = everybody.exchange(code)
    assert "orders.read" not in answer["scope"]
