"""A client or an API that holds somebody else's token learns nothing of it and ends nothing."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.adapter import OidcAdapter
from tests.oidc.parties import API_SECRET, PASSWORD, SECRET, Party, configure, post_form, web_client

from .surface import DEVICE_GRANT

INACTIVE = {"active": False}
OFFLINE = "openid offline_access orders.read"


class SubjectOfOther(OidcAdapter):
    """Subjects of an older system, which happen to be primary keys of ours too."""

    subject = ""

    def get_sub(self, *, user: Any) -> str:
        return self.subject

    def find_by_sub(self, *, sub: str) -> Any:
        return User.objects.get(username="ada") if sub == self.subject else None


@pytest.fixture
def tokens(everybody: Party) -> dict[str, Any]:
    """Tokens of ``referring``: both are handles in the database."""
    return Party("referring", browser=everybody.browser).tokens(scope=OFFLINE)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.spec("RFC 7662", "2.2")
def test_another_client_is_told_that_a_token_is_inactive(
    everybody: Party, tokens: dict[str, Any], kind: str
) -> None:
    assert everybody.introspect(tokens[kind], "referring", SECRET)["active"] is True
    for other in ("web", "other", "machine"):
        assert everybody.introspect(tokens[kind], other, SECRET) == INACTIVE


@pytest.mark.spec("RFC 7662", "2.2")
def test_an_api_sees_its_own_scopes_only(everybody: Party, tokens: dict[str, Any]) -> None:
    assert everybody.introspect(tokens["access_token"])["scope"] == "orders.read"
    assert everybody.introspect(tokens["refresh_token"]) == INACTIVE
    without = everybody.tokens(scope="openid profile")["access_token"]
    assert everybody.introspect(without) == INACTIVE


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.spec("RFC 7009", "2.1")
def test_another_client_revokes_nothing(
    everybody: Party, tokens: dict[str, Any], kind: str
) -> None:
    for other in ("web", "other"):
        form = {"client_id": other, "client_secret": SECRET, "token": tokens[kind]}
        assert post_form(everybody.browser, "/connect/revocation", form).status_code == 200
        assert everybody.introspect(tokens[kind], "referring", SECRET)["active"] is True


@pytest.mark.spec("RFC 7662", "2.1")
def test_a_public_client_introspects_nothing(everybody: Party) -> None:
    """Anybody can say its name."""
    for secret in ("", "guess"):
        form = {"client_id": "spa", "client_secret": secret, "token": "A"}
        assert post_form(everybody.browser, "/connect/introspect", form).status_code == 401


def test_an_api_authenticates_nowhere_else(everybody: Party) -> None:
    form = {"client_id": "orders", "client_secret": API_SECRET, "token": "A"}
    assert post_form(everybody.browser, "/connect/revocation", form).status_code == 400


@pytest.mark.spec("RFC 8628", "3.4")
def test_a_device_code_is_good_for_its_own_client_only(everybody: Party) -> None:
    configure(web_client("radio", allowed_grant_types=[DEVICE_GRANT]))
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid"}
    device = post_form(everybody.browser, "/connect/deviceauthorization", form).json()
    asked = {"grant_type": DEVICE_GRANT, "device_code": device["device_code"]}
    radio, tv = (Party(name, browser=everybody.browser) for name in ("radio", "tv"))
    assert radio.token(status=400, **asked)["error"] == "invalid_grant"
    assert tv.token(status=400, **asked)["error"] == "authorization_pending"


def test_a_subject_that_is_no_primary_key_names_nobody_else(everybody: Party, bridge: Any) -> None:
    """An adapter may keep the subjects clients know from before; what is found by a subject must
    be found through the adapter as well."""
    other = User.objects.create_user("bob", "bob@example.org", PASSWORD)
    SubjectOfOther.subject = str(other.pk)
    bridge(
        OIDC_ADAPTER=f"{__name__}.SubjectOfOther",
        RATE_LIMIT_PER_ADDRESS=(0, 0),
        RATE_LIMIT_PER_ACCOUNT=(0, 0),
    )
    token = everybody.tokens()["access_token"]
    assert b"bob" not in everybody.userinfo(token).content
