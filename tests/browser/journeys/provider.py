"""On behalf of an application"""

from __future__ import annotations

from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from identity_bridge.oidc.configuration import document, writing
from tests.browser.engine import HOME, SHOP
from tests.browser.people import begin_session, person
from tests.browser.visit import Visit
from tests.oidc.parties import SECRET, post_form

from . import journey
from .sign_in import give_password

PAGES = {
    "login-for-application": "The way in, for an application that asks",
    "consent": "What an application asks for",
    "consent-refused": "Nothing was chosen",
    "device": "Connecting a device",
    "device-refused": "A code that no device shows",
    "device-consent": "What a device asks for",
    "device-connected": "The device goes on by itself",
    "device-denied": "The device was refused",
    "applications": "What was allowed, and where one is signed in",
    "applications-none": "Nothing is allowed any more",
    "end-session": "The question before signing out",
    "signed-out": "Signed out",
    "returning": "Back to an app, which takes the answer",
    "error": "A request that cannot be answered",
}
CALLBACK = f"{SHOP}/application/"
APP = "org.example.shop:/callback"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = "openid profile email orders.read offline_access"
LONG_NAME = "https://api.example.org/orders.readwrite.everything"
CONFIGURATION = {
    "identity_resources": [
        {
            "name": "openid",
            "display_name": "Your user id",
            "required": True,
            "user_claims": ["sub"],
        },
        {
            "name": "profile",
            "display_name": "Your profile",
            "description": "Your name, and how you like to be called.",
            "user_claims": ["name"],
        },
        {"name": "email", "display_name": "Your e-mail address", "user_claims": ["email"]},
    ],
    "api_scopes": [
        {
            "name": "orders.read",
            "display_name": "Read your orders",
            "description": "All that you have bought in the last ten years.",
        },
        {"name": LONG_NAME},
    ],
    "clients": [
        {
            "client_id": "shop",
            "client_name": "Garden Shop",
            "client_uri": f"{SHOP}/",
            "client_secrets": [{"plain": SECRET}],
            "allowed_grant_types": ["authorization_code", DEVICE_GRANT],
            "redirect_uris": [CALLBACK, APP],
            "post_logout_redirect_uris": [CALLBACK],
            "allowed_scopes": ["openid", "profile", "email", "orders.read", LONG_NAME],
            "allow_offline_access": True,
            "require_pkce": False,
            "require_consent": True,
        }
    ],
}


def ask(visit: Visit, scope: str = SCOPES, redirect_uri: str = CALLBACK) -> None:
    """Send the visitor here, as the application does."""
    writing.write(document.parse(CONFIGURATION))
    asked = {
        "client_id": "shop",
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope,
        "state": "xyz",
        "nonce": "n-1",
    }
    visit.open(f"/connect/authorize?{urlencode(asked)}")


def code_on_a_device() -> str:
    """Return what the display of a device shows."""
    writing.write(document.parse(CONFIGURATION))
    form = {"client_id": "shop", "client_secret": SECRET, "scope": SCOPES}
    answer = post_form(Client(), "/connect/deviceauthorization", form).json()
    return str(answer["user_code"])


@journey
def sign_in_and_allow(visit: Visit) -> None:
    person()
    ask(visit)
    visit.see("login-for-application", "Sign in")
    assert "Garden Shop" in visit.text()
    give_password(visit)
    visit.see("consent", "%(name)s asks for access", name="Garden Shop")
    visit.press("Allow")
    assert visit.address() == CALLBACK


@journey
def go_back_to_an_app(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    ask(visit, redirect_uri=APP)
    visit.press("Do not allow")
    visit.see("returning", "Back to the app")
    assert "Garden Shop" in visit.text()


@journey
def sign_in_for_nobody(visit: Visit) -> None:
    ask(visit)
    visit.see("login-for-application", "Sign in")
    visit.press("Cancel")
    assert visit.address() == CALLBACK


@journey
def allow_nothing(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    ask(visit, scope="orders.read")
    visit.choose("Read your orders", on=False)
    visit.press("Allow")
    visit.see("consent-refused", "%(name)s asks for access", name="Garden Shop")
    visit.alert("Choose at least one.")
    visit.press("Do not allow")
    assert visit.address() == CALLBACK


@journey
def allow_what_has_a_long_name(visit: Visit) -> None:
    """And no other to show: as of APIs whose scopes begin with their address."""
    visit.is_signed_in_as(person())
    ask(visit, scope=f"openid {LONG_NAME}")
    assert LONG_NAME in visit.text()
    visit.inspect()
    visit.press("Allow")
    visit.open("account:applications")
    assert LONG_NAME in visit.text()
    visit.inspect()
    visit.press("Remove the access of %(name)s", name="Garden Shop")
    visit.see("applications-none", "Applications and sessions")


@journey
def connect_a_device(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    code = code_on_a_device()
    visit.open("account:device")
    visit.see("device", "Connect a device")
    visit.fill("Code", "000000000")
    visit.press("Go on")
    visit.see("device-refused", "Connect a device")
    visit.alert("No device waits with this code. Codes are good for a few minutes.")
    visit.fill("Code", code)
    visit.press("Go on")
    visit.see("device-consent", "Connect %(name)s", name="Garden Shop")
    visit.press("Allow")
    visit.see("device-connected", "Your device is connected")


@journey
def refuse_a_device(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:device", userCode=code_on_a_device())
    visit.press("Do not allow")
    visit.see("device-denied", "Your device was refused")


@journey
def take_back_what_was_allowed(visit: Visit) -> None:
    user = person()
    begin_session(user)  # in another browser
    visit.is_signed_in_as(user)
    ask(visit)
    visit.press("Allow")
    visit.open("account:profile")
    visit.go_to("Applications and sessions")
    visit.see("applications", "Applications and sessions")
    visit.press("Remove the access of %(name)s", name="Garden Shop")
    visit.status("The application has no access any more.")
    visit.press("Sign out there: session of %(when)s")
    visit.status("The session was ended.")
    visit.see("applications-none", "Applications and sessions")


@journey
def sign_out_for_an_application(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:end-session")
    visit.see("end-session", "Do you want to sign out?")
    visit.press("Sign out")
    visit.see("signed-out", "You are signed out")
    visit.open("account:profile")
    assert visit.address() == HOME + reverse("account:login")


@journey
def be_sent_with_a_wrong_request(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    ask(visit, scope="everything")
    visit.see("error", "This did not work", status=400)
