"""Included by the account's own URLs."""

from __future__ import annotations

from django.urls import URLPattern, path

from identity_bridge.account.parts import Part, part_of

from . import links, pages

_registration = part_of(Part.REGISTRATION)
_recovery = part_of(Part.RECOVERY)
# Addresses are confirmed after a change as well.
_confirmation = part_of(Part.REGISTRATION, Part.EMAIL)

urlpatterns: list[URLPattern] = [
    path("register/", _registration(pages.RegisterPage.as_view()), name="register"),
    path(
        "register/done/",
        _confirmation(pages.RegistrationDonePage.as_view()),
        name="registration-done",
    ),
    path("confirm-email/", _confirmation(links.ConfirmEmailPage.as_view()), name="confirm-email"),
    path(
        "resend-confirmation/",
        _confirmation(pages.ResendConfirmationPage.as_view()),
        name="resend-confirmation",
    ),
    path("reclaim/", _registration(links.ReclaimPage.as_view()), name="reclaim"),
    path("forgot-password/", _recovery(pages.ForgotPasswordPage.as_view()), name="forgot-password"),
    path(
        "forgot-password/done/",
        _recovery(
            pages.DonePage.as_view(template_name=f"{pages.TEMPLATES}/forgot_password_done.html")
        ),
        name="forgot-password-done",
    ),
    path("reset-password/", _recovery(links.ResetPasswordPage.as_view()), name="reset-password"),
    path(
        "reset-password/done/",
        # An account that somebody reclaims gets its password without the part recovery.
        part_of(Part.REGISTRATION, Part.RECOVERY)(
            pages.DonePage.as_view(template_name=f"{pages.TEMPLATES}/reset_password_done.html")
        ),
        name="reset-password-done",
    ),
]
