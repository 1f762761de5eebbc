"""A client learns of a person what its scopes say, and what the person has agreed to."""

from __future__ import annotations

import json

import pytest

from identity_bridge.models import User, UserClaim
from tests.oidc.parties import Party, claims_of, configure, web_client

from .test_consent_binding import asked


@pytest.fixture
def curious(everybody: Party, user: User) -> Party:
    """A client that is allowed to know who somebody is, and nothing else."""
    UserClaim.objects.create(user=user, claim_type="salary", claim_value="12345")
    configure(web_client("curious", allowed_scopes=["openid"], allow_offline_access=False))
    return Party("curious", browser=everybody.browser)


def wanting(*names: str) -> str:
    wanted = {name: {"essential": True} for name in names}
    return json.dumps({"id_token": wanted, "userinfo": wanted})


def test_scopes_that_a_client_may_not_have_give_it_nothing(curious: Party) -> None:
    for scope in ("openid email", "openid profile", "openid orders.read", "openid offline_access"):
        location = curious.authorize(scope=scope).headers["Location"]
        assert location.startswith("/account/error/")


@pytest.mark.spec("OIDC Core", "5.5")
def test_the_claims_parameter_is_no_way_around_the_scopes(curious: Party) -> None:
    """Neither the configuration of the client nor the consent page has heard of these claims."""
    tokens = curious.tokens(scope="openid", claims=wanting("email", "salary", "role"))
    assert {"email", "salary"}.isdisjoint(claims_of(tokens["id_token"]))
    userinfo = curious.userinfo(tokens["access_token"]).json()
    assert set(userinfo) == {"sub"}


@pytest.mark.spec("OIDC Core", "5.5")
def test_the_consent_page_names_what_the_claims_parameter_asks_for(everybody: Party) -> None:
    """Or the claims are left out: nobody has agreed to them."""
    asking = Party("asking", browser=everybody.browser)
    back = asked(asking, scope="openid", claims=wanting("email"))
    page = asking.browser.get("/account/consent/", {"next": back}, secure=True).content.decode()
    form = {"next": back, "allow": "1", "scope": "openid"}
    asking.browser.post("/account/consent/", form, secure=True)
    location = asking.browser.get(back, secure=True).headers["Location"]
    code = location.partition("code=")[2].partition("&")[0]
    shown = "email" in page.partition("<fieldset>")[2].partition("</form>")[0]
    assert shown or "email" not in claims_of(asking.exchange(code)["id_token"])
