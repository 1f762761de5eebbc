"""Signing in and out"""

from __future__ import annotations

import re

from django.core import mail
from django.test import override_settings

from tests.browser.people import (
    PASSWORD,
    RECOVERY_CODE,
    code_now,
    person,
    with_authenticator,
    wrong_code,
)
from tests.browser.visit import Visit

from . import journey

PAGES = {
    "login": "The way in",
    "login-refused": "A password that is not right",
    "locked-out": "After too many wrong passwords",
    "too-many-attempts": "Too many attempts from one address",
    "two-factor": "The second step, by an authenticator app",
    "two-factor-refused": "A code that is not right",
    "two-factor-message": "The second step where there is no app",
    "message-code": "A code that was sent by e-mail",
    "recovery-code": "A recovery code",
    "recovery-code-refused": "A recovery code that is not right",
    "form-expired": "A page that was open for too long",
    "access-denied": "A page that is for others",
    "profile": "The overview of the own account",
}


def give_password(visit: Visit, name: str = "ada", password: str = PASSWORD) -> None:
    """Fill in the login page and send it."""
    visit.fill("User name", name)
    visit.fill("Password", password)
    visit.press("Sign in")


@journey
def by_password_and_out_again(visit: Visit) -> None:
    person()
    visit.open("account:profile")
    visit.see("login", "Sign in")
    visit.fill("User name", "ada")
    visit.fill("Password", PASSWORD)
    visit.choose("Keep me signed in")
    visit.press("Sign in")
    visit.see("profile", "ada")
    visit.press("Sign out")
    visit.see("login", "Sign in")
    visit.open("account:profile")
    visit.see("login", "Sign in")


@journey
def wrong_password_until_locked_out(visit: Visit) -> None:
    person()
    visit.open("account:login")
    give_password(visit, password="wrong")
    visit.alert("The user name or the password is not right, or the account may not sign in.")
    visit.see("login-refused", "Sign in")
    for _ in range(4):
        give_password(visit, password="wrong")
    visit.see("locked-out", "Account locked")
    visit.alert("This account is locked until %(when)s.")
    visit.follow("Back to sign in")
    visit.see("login", "Sign in")


@journey
def too_many_attempts(visit: Visit) -> None:
    with override_settings(IDENTITY_BRIDGE={"RATE_LIMIT_PER_ADDRESS": (1, 600)}):
        visit.open("account:login")
        give_password(visit, name="nobody")
        give_password(visit, name="nobody")
        visit.see("too-many-attempts", "Too many attempts", status=429)
        visit.follow("Back to sign in")
        visit.see("login", "Sign in")


@journey
def a_form_of_yesterday(visit: Visit) -> None:
    person()
    visit.open("account:login")
    visit.forget_cookies()
    give_password(visit)
    visit.see("form-expired", "This page is too old", status=403)
    visit.follow("Open it again")
    give_password(visit)
    visit.see("profile", "ada")


@journey
def a_page_for_others(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("/for-others/")
    visit.see("access-denied", "Access denied", status=403)
    visit.follow("Sign in as somebody else")
    visit.see("login", "Sign in")


@journey
def second_step_by_authenticator(visit: Visit) -> None:
    with_authenticator()
    visit.open("account:login")
    give_password(visit)
    visit.see("two-factor", "Second step")
    visit.fill("Code", wrong_code())
    visit.press("Continue")
    visit.see("two-factor-refused", "Second step")
    visit.alert("This code is not right, or it has been used. Wait for the next one and try again.")
    visit.fill("Code", code_now())
    visit.choose("Do not ask for a code in this browser again")
    visit.press("Continue")
    visit.see("profile", "ada")


@journey
def second_step_by_recovery_code(visit: Visit) -> None:
    with_authenticator()
    visit.open("account:login")
    give_password(visit)
    visit.follow("Use a recovery code")
    visit.see("recovery-code", "Recovery code")
    visit.fill("Recovery code", "AAAAA-AAAAA")
    visit.press("Continue")
    visit.alert("This recovery code is not right, or it has been used.")
    visit.see("recovery-code-refused", "Recovery code")
    visit.fill("Recovery code", RECOVERY_CODE)
    visit.press("Continue")
    visit.see("profile", "ada")


@journey
def second_step_by_mail(visit: Visit) -> None:
    person(two_factor_enabled=True)
    visit.open("account:login")
    give_password(visit)
    visit.see("two-factor-message", "Second step")
    visit.press("Send me a code")
    visit.status("A code is on its way to you.")
    visit.see("message-code", "Second step")
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert code
    visit.fill("Code", code.group())
    visit.press("Continue")
    visit.see("profile", "ada")
