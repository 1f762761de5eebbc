"""Who you are: what a person knows of the account, and none of its secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from identity_bridge.account.profile import describe
from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import Role, User, UserClaim, UserLogin, UserRole

from .conftest import LOGIN, PROFILE, credentials


@pytest.fixture
def page(client: Client, elena: User, django_assert_max_num_queries: Any) -> str:
    User.objects.update(email="Elena@Example.test", phone_number="+1 555", email_confirmed=True)
    for name in ("Editors", "Büro & Verwaltung"):
        UserRole.objects.create(user=elena, role=Role.objects.create(name=name))
    name = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"
    UserClaim.objects.create(user=elena, claim_type=name, claim_value="<Elena>")
    UserClaim.objects.create(user=elena, claim_type=None, claim_value=None)
    UserLogin.objects.create(
        user=elena, login_provider="Google", provider_key="k", provider_display_name=None
    )
    client.force_login(User.objects.get())
    with django_assert_max_num_queries(12):
        answer = client.get(PROFILE)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "<bdi>elena</bdi>",
        "Elena@Example.test",
        "+1 555",
        "not confirmed",
        "authenticator app, ",
        "2 left",
        "Büro &amp; Verwaltung",
        "given_name",
        "&lt;Elena&gt;",
        "Google",
    ],
)
def test_the_profile_shows(page: str, text: str) -> None:
    if text == "authenticator app, ":
        assert "code by e-mail, authenticator app" in page
    else:
        assert text in page


@pytest.mark.parametrize(
    "user",
    [
        User(id="1", username=None, email=None),
        User(id="", username="", email=""),
        User(id="2", username="🚀", lockout_end=MAX_VALUE),
        User(id="3", username="ŉ", lockout_end=datetime(9999, 12, 30, 23, tzinfo=UTC)),
        User(id="4", username="<b>", date_joined=None, security_stamp=None),
    ],
    ids=["nameless", "empty", "emoji", "expanding", "html"],
)
def test_no_user_breaks_the_page(db: Any, user: User) -> None:
    with timezone.override("Asia/Tokyo"):
        shown = describe(user, now=timezone.now())
        page = render_to_string("identity_bridge/account/profile.html", {"profile": shown})
    assert "<b>" not in page
    assert len(shown.initial) == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "for ever"),
        (datetime(1, 1, 1, tzinfo=UTC), "Jan. 1, 0001"),
    ],
)
def test_no_moment_breaks_the_page(
    client: Client, hamid: User, settings: Any, zone: str, moment: datetime, shown: str
) -> None:
    settings.TIME_ZONE = zone
    client.force_login(hamid)
    User.objects.update(last_login=moment, date_joined=moment)
    answer = client.get(PROFILE)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert shown in text
    User.objects.update(lockout_end=moment)
    assert Client().post(LOGIN, credentials("hamid")).status_code in {200, 302}


def test_it_shows_nothing_that_only_the_software_needs(page: str) -> None:
    assert "ELENA" not in page
    for label in ("Normalised", "Failed attempts", "Can be locked out"):
        assert label not in page


def test_it_says_since_when_with_the_zone(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    User.objects.update(last_login=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    with timezone.override("Asia/Tokyo"):
        page = client.get(PROFILE).content.decode()
    assert "Signed in since Jan. 2, 2026, 12:04 p.m. JST" in page
