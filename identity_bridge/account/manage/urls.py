"""Included by the account's own URLs."""

from __future__ import annotations

from django.urls import URLPattern, path

from identity_bridge.account.parts import Part, part_of

from . import emails, leaving, names, passwords, phone

_email, _phone = part_of(Part.EMAIL), part_of(Part.PHONE)
_data = part_of(Part.PERSONAL_DATA)

urlpatterns: list[URLPattern] = [
    path("user-name/", part_of(Part.USER_NAME)(names.UserNamePage.as_view()), name="user-name"),
    path("email/", _email(emails.EmailPage.as_view()), name="email"),
    path(
        "email/confirm/",
        _email(emails.ConfirmEmailChangePage.as_view()),
        name="confirm-email-change",
    ),
    path("phone/", _phone(phone.PhonePage.as_view()), name="phone"),
    path("phone/confirm/", _phone(phone.ConfirmPhonePage.as_view()), name="confirm-phone"),
    path("password/", part_of(Part.PASSWORD)(passwords.PasswordPage.as_view()), name="password"),
    path("personal-data/", _data(leaving.PersonalDataPage.as_view()), name="personal-data"),
    path(
        "personal-data/download/",
        _data(leaving.DownloadPersonalDataPage.as_view()),
        name="download-personal-data",
    ),
    path(
        "delete-account/",
        part_of(Part.DELETION)(leaving.DeleteAccountPage.as_view()),
        name="delete-account",
    ),
]
