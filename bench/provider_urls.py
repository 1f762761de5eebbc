"""The provider at the root, and the account pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("identity_bridge.account.urls")),
    path("", include("identity_bridge.oidc.urls")),
]
