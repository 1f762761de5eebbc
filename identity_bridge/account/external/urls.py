"""Included by the account's own URLs."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import callback, challenge, logins, register

urlpatterns: list[URLPattern] = [
    path("register/", register.register_page, name="external-register"),
    path("logins/", logins.logins, name="external-logins"),
    path("logins/add/", challenge.add, name="external-login-add"),
    path("logins/remove/", logins.remove, name="external-login-remove"),
    path("<str:scheme>/challenge/", challenge.challenge, name="external-challenge"),
    path("<str:scheme>/callback/", callback.callback, name="external-callback"),
]
