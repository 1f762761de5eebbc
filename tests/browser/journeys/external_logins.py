"""Signing in elsewhere, and the own logins"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings

from identity_bridge.models import User, UserLogin
from tests.browser.people import person
from tests.browser.visit import Visit
from tests.external.upstream import CLIENT_ID, SECRET, Server, Upstream

from . import journey
from .sign_in import give_password

PAGES = {
    "login-external": "The login page with other providers",
    "external-register": "The first sign-in of somebody whom another provider knows",
    "external-register-refused": "An address that has an account",
    "external-problem": "A sign-in elsewhere that came to nothing",
    "external-logins": "The own logins",
    "external-login-added": "A login that was added",
}


@contextmanager
def harbor() -> Iterator[Upstream]:
    """Run a provider that vouches for grace@example.org, and configure it."""
    server = Server()
    upstream = server.fresh()
    # The only other name that the browser finds.
    upstream.url = upstream.url.replace("127.0.0.1", "localhost")
    client = {"client_id": CLIENT_ID, "client_secret": SECRET}
    providers = {
        "Harbor": {"kind": "openid", "authority": upstream.url, **client},
        "GitHub": {"kind": "github", **client},
        "Google": {"kind": "google", **client},
    }
    given = settings.IDENTITY_BRIDGE | {"EXTERNAL_PROVIDERS": providers}
    no_proxy = {"NO_PROXY": "localhost", "no_proxy": "localhost"}
    with override_settings(IDENTITY_BRIDGE=given), patch.dict(os.environ, no_proxy):
        try:
            yield upstream
        finally:
            server.close()


@journey
def come_first_by_another_provider(visit: Visit) -> None:
    with harbor():
        visit.open("account:login", next="/account/profile/")
        visit.see("login-external", "Sign in")
        visit.press("Continue with %(name)s", name="Harbor")
        visit.see("external-register", "Make an account")
        visit.press("Make an account")
        visit.see("profile", "grace@example.org")
        visit.press("Sign out")
        visit.see("login-external", "Sign in")
        visit.press("Continue with %(name)s", name="Harbor")
        visit.see("profile", "grace@example.org")


@journey
def have_an_account_and_add_the_login(visit: Visit) -> None:
    with harbor():
        person("ada", email="grace@example.org")
        visit.open("account:login")
        visit.see("login-external", "Sign in")
        visit.press("Continue with %(name)s", name="Harbor")
        visit.press("Make an account")
        visit.alert(
            "There is an account with this address: sign in with it first, then add this "
            "login on the page External logins."
        )
        visit.see("external-register-refused", "Make an account")
        visit.follow("I have an account: sign in with it")
        visit.see("login-external", "Sign in")
        give_password(visit)
        visit.go_to("External logins")
        visit.see("external-logins", "External logins")
        visit.press("Add %(name)s", name="Harbor")
        visit.status("From now on you can sign in with %(provider)s.", provider="Harbor")
        visit.see("external-login-added", "External logins")
        visit.press("Remove the login %(key)s of %(name)s", name="Harbor")
        visit.status("This login signs you in no more. You are signed out everywhere else.")
        assert not UserLogin.objects.exists()


@journey
def say_no_over_there(visit: Visit) -> None:
    with harbor() as upstream:
        upstream.says = {"code": None, "error": "access_denied"}
        visit.open("account:login")
        visit.see("login-external", "Sign in")
        visit.press("Continue with %(name)s", name="Harbor")
        visit.alert("You have not allowed the sign-in there, or the other site has refused it.")
        visit.see("external-problem", "Not signed in", status=400)
        visit.follow("Back to sign in")
        visit.see("login-external", "Sign in")
        assert not User.objects.exists()
