"""Passkeys in a real browser, with the virtual authenticator of Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from identity_bridge.models import UserPasskey
from identity_bridge.signin import passkeys
from tests.account.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    _fresh_cache,
    elena,
    hamid,
)

from .chromium import EXECUTABLE, Browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not Path(EXECUTABLE).exists(), reason=f"NO BROWSER TEST RAN: {EXECUTABLE} is absent"
    ),
]

OWN = "/account/passkeys/"
PROFILE = "/account/profile/"
STATUS = "document.querySelector('.status').textContent"


class Holder:
    """A browser with a passkey device, at http://localhost: an address has no passkeys."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser = browser
        self.server = server.replace("127.0.0.1", "localhost")
        browser.command("WebAuthn.enable", enableUI=False)
        self.device = browser.command(
            "WebAuthn.addVirtualAuthenticator",
            options={
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            },
        )["authenticatorId"]

    def open(self, path: str) -> None:
        self.browser.open(f"{self.server}{path}")
        # The first load event may be that of the empty page.
        self.browser.until(
            "document.readyState === 'complete' && location.hostname === 'localhost'"
        )

    @property
    def path(self) -> str:
        return str(self.browser.run("location.pathname"))

    def present(self, is_there: bool) -> None:
        """Let the device answer by itself, or wait for a finger."""
        self.browser.command(
            "WebAuthn.setAutomaticPresenceSimulation", authenticatorId=self.device, enabled=is_there
        )

    def verified(self, is_right: bool) -> None:
        """Let the device know the finger, or not."""
        self.browser.command(
            "WebAuthn.setUserVerified", authenticatorId=self.device, isUserVerified=is_right
        )

    def press(self, form: str = "form[data-passkey]") -> None:
        self.browser.run(f"document.querySelector('{form} button').click()")

    def arrives(self, path: str) -> None:
        """Wait for the page, whose load event may have come already."""
        self.browser.until(f"location.pathname === '{path}' && document.readyState === 'complete'")

    def give_password(self, name: str) -> None:
        self.open("/account/login/")
        self.browser.run(
            f"document.querySelector('[name=username]').value = '{name}';"
            f"document.querySelector('[name=password]').value = '{PASSWORD}'"
        )
        self.browser.submit("document.querySelector('main form').requestSubmit()")

    def add(self, name: str) -> None:
        self.open(f"{OWN}add/")
        self.browser.run(f"document.querySelector('[name=name]').value = '{name}'")
        self.press()
        self.arrives(OWN)

    def sign_out(self) -> None:
        self.browser.submit("document.querySelector('.top form').requestSubmit()")


@pytest.fixture
def holder(tmp_path: Path, live_server: Any) -> Iterator[Holder]:
    started = Browser(tmp_path / "profile")
    started.look()
    yield Holder(started, live_server.url)
    started.close()


@pytest.fixture
def owner(holder: Holder, hamid: Any) -> Holder:  # noqa: F811
    """Hamid, who has a passkey and is signed out."""
    holder.give_password("hamid")
    holder.add("my laptop")
    holder.sign_out()
    return holder


def test_add_sign_in_rename_and_remove(owner: Holder) -> None:
    owner.present(False)  # or the suggestion would answer first
    owner.open("/account/login/?next=/account/passkeys/")
    owner.present(True)
    owner.press()
    owner.arrives(OWN)
    assert "my laptop" in owner.browser.run("document.querySelector('table').textContent")
    for verb, last in (
        ("rename", "document.querySelector('[name=name]').value = 'desk';"),
        ("remove", ""),
    ):
        owner.browser.submit(f"document.querySelector('a[href*={verb}]').click()")
        owner.browser.submit(f"{last} document.querySelector('main form').requestSubmit()")
        assert owner.path == OWN
        names = [row.data.name for row in UserPasskey.objects.all()]
        assert names == (["desk"] if verb == "rename" else [])
    assert owner.browser.messages == []


def test_the_user_name_field_suggests_it(owner: Holder) -> None:
    # The device answers by itself: what is asked for conditionally is given at once.
    owner.open("/account/login/?next=/account/passkeys/")
    owner.arrives(OWN)
    assert owner.browser.messages == []


def test_the_suggestion_leaves_the_password_alone(owner: Holder) -> None:
    owner.present(False)
    owner.open("/account/login/")
    owner.browser.until(
        "document.querySelector('[name=username]').autocomplete.includes('webauthn')"
    )
    owner.give_password("hamid")
    assert owner.path == PROFILE


def test_the_choice_to_stay_signed_in_counts_for_a_passkey(owner: Holder) -> None:
    owner.present(False)
    owner.open("/account/login/")
    owner.browser.run("document.querySelector('[name=remember_me]').click()")
    owner.present(True)
    owner.press()
    owner.arrives(PROFILE)
    cookies = owner.browser.command("Network.getCookies")["cookies"]
    (session,) = (one for one in cookies if one["name"] == "sessionid")
    assert session["expires"] > time.time() + 3600


SLOW_FETCH = """
    window.asked = window.most = 0;
    const fetched = window.fetch;
    let now = 0;
    window.fetch = async (...given) => {
        window.asked += 1;
        window.most = Math.max(window.most, ++now);
        await new Promise((go_on) => setTimeout(go_on, 500));
        try { return await fetched(...given); } finally { now -= 1; }
    };
"""


def test_two_questions_at_once_do_not_get_a_session_each(owner: Holder) -> None:
    """Whoever is quick presses the button before the suggestion has its options."""
    owner.present(False)
    owner.browser.command("Page.addScriptToEvaluateOnNewDocument", source=SLOW_FETCH)
    owner.open("/account/login/")
    owner.browser.until("window.asked === 1")
    owner.press()
    owner.browser.until("window.asked === 2")
    assert owner.browser.run("window.most") == 1
    owner.present(True)
    owner.arrives(PROFILE)


def test_a_wrong_finger_is_said_and_can_be_tried_again(owner: Holder) -> None:
    owner.present(False)
    owner.open("/account/login/")
    owner.verified(False)
    owner.present(True)
    owner.press()
    owner.browser.until(f"{STATUS}.includes('Nothing was done')")
    assert owner.browser.run("document.querySelector('.status').getAttribute('role')") == "status"
    owner.verified(True)
    owner.present(True)
    owner.press()
    owner.arrives(PROFILE)


def test_a_device_that_has_one_says_so(holder: Holder, hamid: Any) -> None:  # noqa: F811
    holder.give_password("hamid")
    holder.add("first")
    holder.open(f"{OWN}add/")
    holder.press()
    holder.browser.until(f"{STATUS}.includes('has a passkey for this account already')")
    assert UserPasskey.objects.count() == 1


def test_a_passkey_at_the_second_step(holder: Holder, elena: Any) -> None:  # noqa: F811
    holder.give_password("elena")
    assert holder.path == "/account/two-factor/"
    assert holder.browser.run("document.querySelector('form[data-passkey]') === null")
    _code(holder)
    holder.add("key")
    holder.sign_out()
    holder.present(False)
    holder.give_password("elena")
    holder.present(True)
    holder.press()
    holder.arrives(PROFILE)
    assert holder.browser.messages == []


def _code(holder: Holder) -> None:
    from tests.account.conftest import code_now

    holder.browser.run(f"document.querySelector('[name=code]').value = '{code_now()}'")
    holder.browser.submit("document.querySelector('main form').requestSubmit()")


@pytest.mark.parametrize("gone", ["PublicKeyCredential", "parsers"])
def test_older_browsers(holder: Holder, hamid: Any, gone: str) -> None:  # noqa: F811
    script = (
        "delete window.PublicKeyCredential"
        if gone == "PublicKeyCredential"
        else "delete PublicKeyCredential.parseCreationOptionsFromJSON;"
        "delete PublicKeyCredential.parseRequestOptionsFromJSON;"
        "delete PublicKeyCredential.isConditionalMediationAvailable"
    )
    holder.browser.command("Page.addScriptToEvaluateOnNewDocument", source=script)
    holder.give_password("hamid")
    if gone == "parsers":
        holder.add("old")
        holder.sign_out()
        holder.open("/account/login/")
        holder.press()
        holder.arrives(PROFILE)
    else:
        holder.open(f"{OWN}add/")
        assert "no passkeys" in holder.browser.run(STATUS)
        assert holder.browser.run("document.querySelector('main button').disabled")
        holder.sign_out()
        holder.open("/account/login/")
        assert holder.browser.run("document.querySelector('form[data-passkey]').hidden")


def test_without_scripts_the_password_works(holder: Holder, hamid: Any) -> None:  # noqa: F811
    holder.browser.command("Emulation.setScriptExecutionDisabled", value=True)
    holder.open("/account/login/")
    assert holder.browser.run("document.querySelector('form[data-passkey]').hidden")
    holder.give_password("hamid")
    assert holder.path == PROFILE


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit(owner: Holder, tmp_path: Path, width: int, dark: bool) -> None:
    owner.browser.look(width=width, dark=dark)
    owner.present(False)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    owner.open("/account/login/")
    owner.browser.screenshot(tmp_path / "login.png")
    assert owner.browser.run(fits)
    owner.give_password("hamid")
    (row,) = UserPasskey.objects.all()
    for page in ("", "add/", *(f"{verb}/{_key(row)}/" for verb in ("rename", "remove"))):
        owner.open(f"{OWN}{page}")
        owner.browser.screenshot(tmp_path / f"{page.partition('/')[0] or 'list'}.png")
        assert owner.browser.run(fits)
        assert owner.browser.run("document.querySelectorAll('h1').length") == 1
    assert owner.browser.messages == []


def _key(row: Any) -> str:
    from identity_bridge.passkeys.reading import to_base64url

    return to_base64url(bytes(row.credential_id))


def test_a_password_sent_while_options_are_on_their_way_keeps_its_session(
    holder: Holder,
    hamid: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = passkeys.begin_sign_in

    def slow(**given: Any) -> Any:
        time.sleep(1)
        return begin(**given)

    monkeypatch.setattr(passkeys, "begin_sign_in", slow)
    holder.give_password("hamid")
    time.sleep(2)
    holder.open(PROFILE)
    assert holder.path == PROFILE
