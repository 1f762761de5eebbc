"""What people see of their applications and sessions, and take back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from identity_bridge.account.content_security import HEADER
from identity_bridge.models import User
from identity_bridge.oidc.models import (
    LogoutNotification,
    ReferenceToken,
    RefreshToken,
    UserConsent,
    UserSession,
)

from .parties import PASSWORD, REDIRECT_URI, Party, browser, configure, web_client

PAGE = "/account/applications/"


@pytest.fixture
def ada(user: User) -> Party:
    configure(
        web_client("asks", client_name="Asks", require_consent=True),
        web_client("opaque", client_name="Opaque", access_token_type="Reference"),
        web_client("told", back_channel_logout_uri="https://told.example.org/"),
    )
    party = Party()
    party.sign_in("ada")
    return party


def allow(party: Party) -> None:
    location = Party("asks", browser=party.browser).authorize().headers["Location"]
    back = party.browser.get(location, secure=True).context["next"]
    form = {"next": back, "allow": "1", "scope": ["openid", "profile"], "remember": "1"}
    response = party.browser.post("/account/consent/", form, secure=True)
    response = party.browser.get(response.headers["Location"], secure=True)
    assert response.headers["Location"].startswith(REDIRECT_URI)


def test_consents_and_tokens_are_shown_by_client_and_taken_back(ada: Party) -> None:
    handle = ada.tokens(scope="openid offline_access")["refresh_token"]
    opaque = Party("opaque", browser=ada.browser)
    reference = opaque.tokens()["access_token"]
    allow(ada)
    page = ada.browser.get(PAGE, secure=True)
    shown = {one["client"].client_name: one["may_use"] for one in page.context["granted"]}
    assert list(shown) == ["Asks", "Opaque", "Shop"]
    assert sorted(shown["Shop"]) == ["Access while you are away", "openid"]
    for client_id in ("web", "opaque", "asks"):
        ada.browser.post(PAGE, {"client_id": client_id}, secure=True)
    assert not ada.browser.get(PAGE, secure=True).context["granted"]
    ada.refresh(handle, status=400)
    assert ada.userinfo(reference).status_code == 401
    assert not UserConsent.objects.exists()


def test_moments_are_shown_in_the_zone_of_the_site_and_with_it(ada: Party) -> None:
    allow(ada)
    Party("told").sign_in("ada")
    began = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    UserConsent.objects.update(created=began)
    UserSession.objects.update(auth_time=began)
    with timezone.override("Asia/Tokyo"):
        page = ada.browser.get(PAGE, secure=True).content.decode()
    assert page.count("Jan. 2, 2026, 12:04 p.m. JST") == 4
    assert 'aria-label="Sign out there: session of Jan. 2, 2026, 12:04 p.m. JST"' in page


def test_its_forms_lead_nowhere_else_and_strangers_to_the_login(ada: Party, settings: Any) -> None:
    assert "form-action 'self'" in ada.browser.get(PAGE, secure=True)[HEADER]
    settings.LOGIN_URL = "/elsewhere/"
    location = browser().get(PAGE, secure=True).headers["Location"]
    assert location == f"/account/login/?next={PAGE}"


def test_another_session_can_be_ended_and_this_one_cannot(ada: Party) -> None:
    other = Party("told")
    other.sign_in("ada")
    other.tokens()
    shown = ada.browser.get(PAGE, secure=True).context["sessions"]
    assert sorted(one.is_this_one for one in shown) == [False, True]
    for one in shown:
        ada.browser.post(PAGE, {"session_id": one.session_id}, secure=True)
    assert [one.is_this_one for one in ada.browser.get(PAGE, secure=True).context["sessions"]] == [
        True
    ]
    assert "/account/login/" in other.browser.get(PAGE, secure=True).headers["Location"]
    assert LogoutNotification.objects.get().client_id == "told"


def test_nobody_ends_or_takes_back_what_is_somebody_elses(ada: Party) -> None:
    User.objects.create_user("eve", "eve@example.org", PASSWORD)
    handle = ada.tokens(scope="openid offline_access")["refresh_token"]
    session_id = UserSession.objects.get().session_id
    eve = Party()
    eve.sign_in("eve")
    eve.browser.post(PAGE, {"session_id": session_id}, secure=True)
    eve.browser.post(PAGE, {"client_id": "web"}, secure=True)
    assert UserSession.objects.filter(session_id=session_id).exists()
    assert "access_token" in ada.refresh(handle)


@pytest.mark.parametrize(
    "spoilt", [{}, [], "x", 5, {"scopes": None}, {"scopes": 5}, {"scopes": [1, None]}]
)
def test_a_spoilt_row_is_shown_without_scopes_and_taken_back(ada: Party, spoilt: Any) -> None:
    ada.tokens(scope="openid offline_access")
    opaque = Party("opaque", browser=ada.browser)
    opaque.tokens()
    allow(ada)
    RefreshToken.objects.update(data=spoilt)
    ReferenceToken.objects.update(claims={"client_id": "opaque", "scope": spoilt})
    UserConsent.objects.update(scopes=spoilt)
    page = ada.browser.get(PAGE, secure=True)
    shown = {one["client"].client_name: one["may_use"] for one in page.context["granted"]}
    assert shown == {"Asks": [], "Opaque": [], "Shop": []}
    ReferenceToken.objects.update(claims=spoilt)
    for client_id in ("web", "opaque", "asks"):
        ada.browser.post(PAGE, {"client_id": client_id}, secure=True)
    assert not ada.browser.get(PAGE, secure=True).context["granted"]
