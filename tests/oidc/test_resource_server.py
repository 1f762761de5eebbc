"""APIs of the project: who gets in with which token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import include, path
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from identity_bridge.models import Role, User
from identity_bridge.oidc.resource_server.decorators import protected_resource
from identity_bridge.oidc.resource_server.rest_framework import (
    BearerAuthentication,
    HasClaim,
    HasScope,
)

from .parties import Party, configure, machine_client, web_client


class OrdersAuthentication(BearerAuthentication):
    audience = "orders"


@api_view(["GET", "POST"])
@authentication_classes([OrdersAuthentication])
@permission_classes([HasScope.of("orders.read")])
def orders(request: Request) -> Response:
    return Response({"user": request.user.get_username(), "client": request.auth.client.client_id})


@api_view(["GET"])
@authentication_classes([OrdersAuthentication])
@permission_classes([HasClaim.of("role", "Admin", "Sales")])
def reports(request: Request) -> Response:
    return Response({"role": request.auth.claims["role"]})


@protected_resource(scopes=["orders.read"], audience="orders")
def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"user": request.user.get_username()})


@protected_resource(scopes=["orders.read"], audience="orders")
async def awaited(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"user": (await request.auser()).get_username()})


urlpatterns = [
    path("", include("tests.projects.provider.urls")),
    path("api/orders", orders),
    path("api/reports", reports),
    path("plain", plain),
    path("awaited", awaited),
]


@pytest.fixture(autouse=True)
def routes() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def get(party: Party, url: str, token: str | None = None) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return party.browser.get(url, headers=headers, secure=True)


@pytest.fixture(params=["Jwt", "Reference"])
def party(request: pytest.FixtureRequest, user: User) -> Party:
    """A client with either kind of token, and its user signed in."""
    configure(web_client("app", access_token_type=request.param), machine_client())
    party = Party("app")
    party.sign_in("ada")
    return party


@pytest.mark.spec("RFC 6750", "2.1")
@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
def test_a_token_with_the_scope_gets_in_as_its_user(party: Party, url: str) -> None:
    token = party.tokens(scope="openid orders.read")["access_token"]
    assert get(party, url, token).json()["user"] == "ada"


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
def test_who_presents_nothing_is_challenged_without_an_error(party: Party, url: str) -> None:
    response = get(party, url)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "A" * 70_000])
def test_what_is_no_token_is_refused(party: Party, url: str, token: str) -> None:
    response = get(party, url, token)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


@pytest.mark.spec("RFC 9068", "4")
@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
def test_a_token_for_others_is_refused(party: Party, url: str) -> None:
    token = party.tokens(scope="openid profile")["access_token"]
    assert get(party, url, token).status_code == 401


@pytest.mark.spec("RFC 9068", "4")
def test_an_id_token_is_no_access_token(party: Party) -> None:
    token = party.tokens(scope="openid orders.read")["id_token"]
    assert get(party, "/api/orders", token).status_code == 401


@pytest.mark.spec("RFC 9700", "4.3.2")
def test_a_token_in_the_query_is_not_looked_at(party: Party) -> None:
    token = party.tokens(scope="openid orders.read")["access_token"]
    assert get(party, f"/api/orders?access_token={token}").status_code == 401


@pytest.mark.django_db
def test_a_client_without_a_user_gets_in_as_nobody() -> None:
    configure(machine_client())
    party = Party("machine")
    token = party.token(grant_type="client_credentials")["access_token"]
    assert get(party, "/api/orders", token).json() == {"user": "", "client": "machine"}


def test_a_claim_opens_what_a_scope_does_not(party: Party) -> None:
    user = User.objects.get()
    token = party.tokens(scope="openid orders.read")["access_token"]
    assert get(party, "/api/reports", token).status_code == 403
    user.roles.add(Role.objects.create(name="Sales"))
    token = party.tokens(scope="openid orders.read")["access_token"]
    assert get(party, "/api/reports", token).json() == {"role": "Sales"}


@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
def test_a_user_who_was_switched_off_is_out(party: Party, url: str) -> None:
    token = party.tokens(scope="openid orders.read")["access_token"]
    User.objects.update(is_active=False)
    assert get(party, url, token).status_code == 401


@pytest.mark.parametrize("url", ["/api/orders", "/plain", "/awaited"])
@pytest.mark.parametrize("kind", ["Jwt", "Reference"])
def test_a_token_that_is_bound_to_its_session_ends_with_it(user: User, url: str, kind: str) -> None:
    bound = web_client("bound", access_token_type=kind, coordinate_lifetime_with_user_session=True)
    configure(bound)
    party = Party("bound")
    party.sign_in("ada")
    token = party.tokens(scope="openid orders.read")["access_token"]
    assert get(party, url, token).status_code == 200
    party.browser.post("/account/logout/", secure=True)
    assert get(party, url, token).status_code == 401


@pytest.mark.spec("RFC 9068", "4")
def test_a_token_of_another_issuer_is_refused_where_ours_is_set(
    web: Party, bridge: Callable[..., None]
) -> None:
    token = web.tokens(scope="openid orders.read")["access_token"]
    assert get(web, "/plain", token).status_code == 200
    bridge(OIDC_ISSUER="https://login.example.org")
    assert get(web, "/plain", token).status_code == 401
    own = web.tokens(scope="openid orders.read")["access_token"]
    assert get(web, "/plain", own).status_code == 200
