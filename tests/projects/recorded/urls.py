"""The example host's pages, and the device page where IdentityServer's templates have it."""

from __future__ import annotations

from django.urls import path

from example_project.urls import urlpatterns as example
from identity_bridge.account.provider import device

urlpatterns = [path("device", device.device), *example]
