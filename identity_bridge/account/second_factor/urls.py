"""Included by the account's own URLs."""

from __future__ import annotations

from django.urls import path

from . import authenticator, overview, recovery_codes

urlpatterns = [
    path("", overview.second_factor, name="second-factor"),
    path("switch/", overview.switch, name="second-factor-switch"),
    path("forget-browser/", overview.forget_browser, name="forget-browser"),
    path("authenticator/", authenticator.authenticator, name="authenticator"),
    path("recovery-codes/", recovery_codes.recovery_codes, name="recovery-codes"),
]
