"""Making an account, and finding the way back into one"""

from __future__ import annotations

from django.conf import settings
from django.test import override_settings

from identity_bridge.models import User
from tests.browser.mailbox import link_mailed_to
from tests.browser.people import PASSWORD, person
from tests.browser.visit import Visit

from . import journey
from .sign_in import give_password

PAGES = {
    "register": "A new account",
    "register-refused": "A password that breaks the rules",
    "registration-done": "After that, where addresses are to be confirmed",
    "confirm-email": "The link that confirms an address",
    "email-confirmed": "The address is confirmed",
    "resend-confirmation": "When the mail has not come",
    "reclaim": "An account that somebody has made with one's address",
    "forgot-password": "A lost password",
    "forgot-password-done": "What is said to everybody who asks",
    "reset-password": "The link that sets a new one",
    "reset-password-over": "A link that is not valid any more",
    "reset-password-done": "The new password is set",
}
GRACE = "grace@example.org"


def make_account(visit: Visit, password: str = PASSWORD) -> None:
    visit.fill("E-mail address", GRACE)
    visit.fill("Password", password)
    visit.fill("Repeat it", password)
    visit.press("Create an account")


@journey
def make_an_account_and_confirm_the_address(visit: Visit) -> None:
    given = settings.IDENTITY_BRIDGE | {"SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT": True}
    with override_settings(IDENTITY_BRIDGE=given):
        visit.open("account:login")
        visit.follow("Create an account")
        visit.see("register", "Create an account")
        make_account(visit, "short")
        visit.see("register-refused", "Create an account")
        make_account(visit)
        visit.see("registration-done", "Look into your mail")
        visit.follow("Send the confirmation again")
        visit.see("resend-confirmation", "Send the confirmation again")
        visit.open(link_mailed_to(GRACE))
        visit.see("confirm-email", "Confirm your e-mail address")
        visit.press("Confirm")
        visit.status("Your address is confirmed.")
        visit.see("email-confirmed", "Confirm your e-mail address")
        visit.follow("Sign in")
        give_password(visit, name=GRACE)
        visit.see("profile", GRACE)
    assert User.objects.get(username=GRACE).email_confirmed


@journey
def get_the_account_that_a_stranger_has_made(visit: Visit) -> None:
    given = settings.IDENTITY_BRIDGE | {"SIGN_IN_REQUIRE_CONFIRMED_ACCOUNT": True}
    with override_settings(IDENTITY_BRIDGE=given):
        User.objects.create_user(GRACE, GRACE, "Stranger-1!")
        visit.open("account:register")
        make_account(visit)
        visit.open(link_mailed_to(GRACE))
        visit.see("reclaim", "Make this account yours")
        visit.fill("New password", PASSWORD)
        visit.fill("Repeat it", PASSWORD)
        visit.press("Set the password")
        visit.see("reset-password-done", "Your password is set")
        visit.open("account:login")
        give_password(visit, name=GRACE)
        visit.see("profile", GRACE)


@journey
def set_a_lost_password(visit: Visit) -> None:
    person()
    visit.open("account:login")
    visit.follow("Forgot your password?")
    visit.see("forgot-password", "Forgot your password?")
    visit.fill("E-mail address", "ada@example.org")
    visit.press("Send")
    visit.see("forgot-password-done", "Look into your mail")
    link = link_mailed_to("ada@example.org")
    visit.open(link)
    visit.see("reset-password", "Set a new password")
    visit.fill("New password", "Another-1!")
    visit.fill("Repeat it", "Another-1!")
    visit.press("Set the password")
    visit.see("reset-password-done", "Your password is set")
    visit.open(link)
    visit.alert("This link is not valid any more, ask for a new one.")
    visit.see("reset-password-over", "Set a new password")
    visit.open("account:login")
    give_password(visit, password="Another-1!")
    visit.see("profile", "ada")
