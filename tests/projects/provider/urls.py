"""The default pages, and the provider at the root."""

from __future__ import annotations

from django.urls import include, path

from identity_bridge.account.provider import device
from tests.projects.default import urls as default

urlpatterns = [
    path("", include("identity_bridge.oidc.urls")),
    path("device", device.device),  # where IdentityServer's templates have it
    *default.urlpatterns,
]
