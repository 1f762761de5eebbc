"""The library's own pages, and one that says who is signed in."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import include, path
from django.utils.html import format_html

from tests.projects.clients.party import ISSUER


def home(request: HttpRequest) -> HttpResponse:
    """Say who this is; also the page that the provider leads back to."""
    return JsonResponse({"email": getattr(request.user, "email", None)})


@login_required(login_url="oidc_authentication_init")
def orders(request: HttpRequest) -> HttpResponse:
    """A page of signed-in people, with what they sign out by."""
    page = """<h1>Orders of {}</h1>
        <form method="post" action="/oidc/logout/">
        <input name="csrfmiddlewaretoken" value="{}"></form>"""
    return HttpResponse(format_html(page, request.user.email, get_token(request)))


def logout_url(request: HttpRequest) -> str:
    """Return where the library sends people who sign out."""
    parameters = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
    return f"{ISSUER}/connect/endsession?{urlencode(parameters)}"


urlpatterns = [
    path("", home),
    path("orders/", orders),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
