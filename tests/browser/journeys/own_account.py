"""What the owner of an account changes about it"""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from identity_bridge.aspnet import date_times
from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.models import User, UserPasskey
from identity_bridge.passkeys.reading import to_base64url
from tests.browser.mailbox import link_mailed_to
from tests.browser.people import PASSWORD, person
from tests.browser.visit import Visit
from tests.oidc.parties import configure, web_client

from . import journey

PAGES = {
    "user-name": "The user name",
    "user-name-refused": "A name with letters that are not allowed",
    "email": "The e-mail address",
    "confirm-email-change": "The link that was mailed to a new address",
    "email-changed": "The address was changed",
    "phone": "The telephone number",
    "phone-kept": "A number that this site cannot confirm",
    "password": "Another password",
    "password-refused": "The present password is not right",
    "passkeys": "The own passkeys",
    "passkeys-none": "Before there are any",
    "add-passkey": "Adding a passkey",
    "rename-passkey": "Naming a passkey",
    "remove-passkey": "Removing a passkey",
    "personal-data": "A copy of the own data",
    "personal-data-refused": "A password that is not right",
    "delete-account": "The end of an account",
    "sign-in-again": "Signing in again before the keys to an account change",
    "portal": "Applications that can be started from here",
}


@journey
def change_the_user_name(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:profile")
    visit.go_to("User name")
    visit.see("user-name", "User name")
    visit.fill("User name", "ada & co")
    visit.press("Save")
    visit.see("user-name-refused", "User name")
    visit.fill("User name", "countess")
    visit.press("Save")
    visit.status("Your user name was changed. You are signed out everywhere else.")
    visit.see("user-name", "User name")


@journey
def change_the_address(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:email")
    visit.see("email", "E-mail")
    visit.fill("E-mail address", "lovelace@example.org")
    visit.press("Send the link")
    visit.status("A link is on its way to the new address. The old one stays until you open it.")
    visit.open(link_mailed_to("lovelace@example.org"))
    visit.see("confirm-email-change", "Confirm your new e-mail address")
    visit.press("Confirm")
    visit.see("email-changed", "Confirm your new e-mail address")
    assert User.objects.get().email == "lovelace@example.org"


@journey
def keep_and_remove_a_number(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:phone")
    visit.see("phone", "Telephone")
    visit.fill("Telephone number", "+1 555 123 4567")
    visit.press("Save")
    visit.status("Your number was changed. You are signed out everywhere else.")
    visit.see("phone-kept", "Telephone")
    visit.press("Remove the number")
    visit.status("Your number was removed. You are signed out everywhere else.")


@journey
def change_the_password(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:password")
    visit.see("password", "Password")
    for present in ("wrong", PASSWORD):
        visit.fill("Present password", present)
        visit.fill("New password", "Another-1!")
        visit.fill("Repeat it", "Another-1!")
        visit.press("Save")
        if present == "wrong":
            visit.alert("Incorrect password.")
            visit.see("password-refused", "Password")
    visit.status("Your password was changed. You are signed out everywhere else.")
    assert User.objects.get().check_password("Another-1!")


@journey
def name_and_remove_a_passkey(visit: Visit) -> None:
    user = person()
    visit.is_signed_in_as(user)
    visit.open("account:passkeys")
    visit.see("passkeys-none", "Passkeys")
    visit.follow("Add a passkey")
    visit.see("add-passkey", "Add a passkey")
    key = to_base64url(with_passkey(user, "my laptop"))
    visit.open("account:passkeys")
    visit.see("passkeys", "Passkeys")
    visit.open(reverse("account:rename-passkey", args=[key]))
    visit.see("rename-passkey", "Rename a passkey")
    visit.fill("Name", "my desk")
    visit.press("Save")
    visit.status("The passkey has a new name.")
    visit.open(reverse("account:remove-passkey", args=[key]))
    visit.see("remove-passkey", "Remove a passkey")
    visit.press("Remove")
    visit.status("The passkey is removed.")
    visit.see("passkeys-none", "Passkeys")


def with_passkey(user: User, name: str) -> bytes:
    """Give somebody a passkey as an import does; its id."""
    credential_id = b"credential of a journey".ljust(32, b"\0")
    data = PasskeyData(
        public_key=b"public key",
        name=name,
        created_at=date_times.to_text(timezone.now()),
        sign_count=1,
        transports=("internal",),
        is_user_verified=True,
        is_backup_eligible=True,
        is_backed_up=True,
        attestation_object=b"attestation object",
        client_data_json=b"{}",
    )
    UserPasskey.objects.create(credential_id=credential_id, user=user, data=data)
    return credential_id


@journey
def copy_the_own_data_and_leave(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:personal-data")
    visit.see("personal-data", "Personal data")
    visit.fill("Password", "wrong")
    visit.press("Download")
    visit.alert("Incorrect password.")
    visit.see("personal-data-refused", "Personal data")
    visit.go_to("Delete account")
    visit.see("delete-account", "Delete account")
    visit.fill("Password", PASSWORD)
    visit.press("Delete account")
    visit.status("Your account was deleted.")
    visit.see("login", "Sign in")
    assert not User.objects.exists()


@journey
def sign_in_again_before_the_address_changes(visit: Visit) -> None:
    user = person()
    visit.is_signed_in_as(user, seconds_ago=3600)
    visit.open("account:email")
    visit.status("Please sign in again: this page changes how you sign in.")
    visit.see("sign-in-again", "Sign in")
    visit.fill("Password", PASSWORD)
    visit.press("Sign in")
    visit.see("email", "E-mail")


@journey
def start_an_application(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    configure(
        web_client("shop", client_name="Shop", initiate_login_uri="https://shop.example.org/"),
        web_client("mail", client_name="Mail", initiate_login_uri="https://mail.example.org/"),
    )
    visit.open("account:profile")
    visit.go_to("Start an application")
    visit.see("portal", "Start an application")
