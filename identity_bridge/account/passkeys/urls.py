"""Included by the account's own URLs."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import own, sign_in

urlpatterns: list[URLPattern] = [
    path("", own.index, name="passkeys"),
    path("add/", own.add, name="add-passkey"),
    path("add/options/", own.creation_options, name="new-passkey-options"),
    path("rename/<str:key>/", own.rename, name="rename-passkey"),
    path("remove/<str:key>/", own.remove, name="remove-passkey"),
    path("sign-in/", sign_in.PasskeySignInPage.as_view(), name="passkey-sign-in"),
    path("sign-in/options/", sign_in.sign_in_options, name="passkey-options"),
    path("second-step/", sign_in.PasskeyStepPage.as_view(), name="passkey-step"),
    path("second-step/options/", sign_in.second_step_options, name="passkey-step-options"),
]
