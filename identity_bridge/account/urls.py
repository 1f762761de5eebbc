"""The pages: ``path("account/", include("identity_bridge.account.urls"))``, at any path."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from . import languages, message_code, pages, sign_in

app_name = "account"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="account:profile"), name="index"),
    path("login/", sign_in.LoginPage.as_view(), name="login"),
    path("two-factor/", sign_in.TwoFactorPage.as_view(), name="two-factor"),
    path("send-code/", message_code.SendCodePage.as_view(), name="send-code"),
    path("message-code/", message_code.MessageCodePage.as_view(), name="message-code"),
    path("recovery-code/", sign_in.RecoveryCodePage.as_view(), name="recovery-code"),
    path("logout/", pages.logout, name="logout"),
    path("language/", languages.language, name="language"),
    path("profile/", pages.profile, name="profile"),
    path("", include("identity_bridge.account.registration.urls")),
    path("", include("identity_bridge.account.manage.urls")),
    path("second-factor/", include("identity_bridge.account.second_factor.urls")),
    path("passkeys/", include("identity_bridge.account.passkeys.urls")),
    path("external/", include("identity_bridge.account.external.urls")),
]

if apps.is_installed("identity_bridge.oidc"):
    urlpatterns.append(path("", include("identity_bridge.account.provider.urls")))
