"""Included by the account's own URLs where ``identity_bridge.oidc`` is installed."""

from __future__ import annotations

from django.urls import path

from . import consent, device, error, granted, logout, portal

urlpatterns = [
    path("consent/", consent.consent, name="consent"),
    path("device/", device.device, name="device"),
    path("end-session/", logout.end_session, name="end-session"),
    path("applications/", granted.applications, name="applications"),
    path("portal/", portal.portal, name="portal"),
    path("error/", error.error, name="error"),
]
