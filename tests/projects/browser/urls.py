"""The provider's pages, and what stands in for an application that sends people to them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.projects.provider import urls as provider


def application(request: HttpRequest) -> HttpResponse:
    """Return a page that is none of ours."""
    return HttpResponse(
        "<!doctype html><html lang=en><title>Shop</title><main><h1>The application</h1></main>"
    )


urlpatterns = [path("application/", application), *provider.urlpatterns]
