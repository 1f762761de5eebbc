"""A project that keeps the redirect URIs of its .NET application."""

from __future__ import annotations

from django.urls import include, path

from tests.projects.default.urls import urlpatterns as default

urlpatterns = [
    path("", include("identity_bridge.account.external.dotnet_urls")),
    *default,
]
