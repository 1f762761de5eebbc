"""The provider's pages, and what stands in for an application that sends people to them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.projects.provider import urls as provider


def application(request: HttpRequest) -> HttpResponse:
    """Return a page that is none of ours."""
    return HttpResponse(
        "<!doctype html><html lang=en><title>Shop</title><main><h1>The application</h1></main>"
    )


def for_others(request: HttpRequest) -> HttpResponse:
    """Let nobody in."""
    raise PermissionDenied


urlpatterns = [
    path("application/", application),
    path("for-others/", for_others),
    *provider.urlpatterns,
]
handler403 = "identity_bridge.account.refusals.access_denied"
