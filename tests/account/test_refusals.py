"""The answers a project gives instead of a page: no permission, a form that is too old."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from identity_bridge.models import User

from .conftest import LOGIN, PROFILE, credentials
from .test_every_page import check


def orders(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("needs orders.view_secret")


handler403 = "identity_bridge.account.refusals.access_denied"
urlpatterns = [path("orders/", orders), path("account/", include("identity_bridge.account.urls"))]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def own_answers(settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "identity_bridge.account.refusals.form_expired"


def test_who_may_not_see_a_page_can_sign_in_as_somebody_else(client: Client, hamid: User) -> None:
    client.force_login(hamid)
    answer = client.get("/orders/?year=2026&x=1")
    page = answer.content.decode()
    assert answer.status_code == 403
    check(answer)
    assert "You are signed in as hamid, who may not see this page." in page
    assert f'href="{LOGIN}?next=%2Forders%2F%3Fyear%3D2026%26x%3D1"' in page
    assert "view_secret" not in page


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/orders/")
    assert "You may not see this page." in answer.content.decode()
    check(answer)
    assert client.post("/orders/", {"x": "\x00"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "again"),
    [
        ("http://testserver/account/login/?next=/orders/", "/account/login/?next=/orders/"),
        ("https://evil.example/", PROFILE),
        ("//evil.example/", PROFILE),
        ("javascript:alert(1)", PROFILE),
        ('"><script>', "&quot;&gt;&lt;script&gt;"),
        ("", PROFILE),
    ],
)
def test_a_form_of_yesterday_leads_to_the_page_it_is_of(referer: str, again: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(LOGIN, credentials("hamid"), headers={"Referer": referer})
    page = answer.content.decode()
    assert answer.status_code == 403
    check(answer)
    assert "This page is too old" in page
    assert f'{again}">Open it again' in page
    assert "evil.example" not in page
    assert "<script>" not in page
