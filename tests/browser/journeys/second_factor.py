"""The second factor, set up and taken down"""

from __future__ import annotations

import re
import time

from django.test import override_settings

from identity_bridge.aspnet.one_time_codes import decode_authenticator_key, totp_code
from tests.browser.people import RECOVERY_CODE, person, with_authenticator
from tests.browser.visit import Visit

from . import journey
from .sign_in import give_password

PAGES = {
    "second-factor": "The second factor, before it is set up",
    "second-factor-on": "The second factor, with few recovery codes left",
    "authenticator": "A key for an authenticator app",
    "authenticator-refused": "A first code that is not right",
    "recovery-codes": "Recovery codes, shown once",
    "new-recovery-codes": "Before new recovery codes are made",
}


def code_of_key_shown(visit: Visit) -> str:
    """Return what an app shows that was given the key on the page."""
    found = re.search(r"^(?:[a-z2-7]{4} ){7}[a-z2-7]{4}$", visit.text(), re.MULTILINE)
    assert found, visit.text()
    key = decode_authenticator_key(found.group().replace(" ", ""))
    return f"{totp_code(key, int(time.time()) // 30):06}"


@journey
def set_up_by_app_and_used_at_the_next_sign_in(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:profile")
    visit.go_to("Second factor")
    visit.see("second-factor", "Second factor")
    visit.follow("Set up an authenticator app")
    visit.see("authenticator", "Set up an authenticator app")
    visit.fill("Code", "000000")
    visit.press("Finish")
    visit.alert(
        "This code is not right. Scan the picture again, or type the key again, and look whether "
        "the clock of your telephone is right."
    )
    visit.see("authenticator-refused", "Set up an authenticator app")
    visit.fill("Code", code_of_key_shown(visit))
    visit.press("Finish")
    visit.see("recovery-codes", "Your recovery codes")
    code = re.search(r"[2-9B-Y]{5}-[2-9B-Y]{5}", visit.text())
    assert code
    visit.follow("I have kept them")
    visit.press("Sign out")
    give_password(visit)
    visit.follow("Use a recovery code")
    visit.fill("Recovery code", code.group())
    visit.press("Continue")
    visit.see("profile", "ada")


@journey
def new_codes_and_off_again(visit: Visit) -> None:
    visit.is_signed_in_as(with_authenticator())
    visit.open("account:second-factor")
    visit.see("second-factor-on", "Second factor")
    visit.follow("Make new recovery codes")
    visit.see("new-recovery-codes", "New recovery codes")
    visit.press("Make new recovery codes")
    visit.see("recovery-codes", "Your recovery codes")
    assert RECOVERY_CODE not in visit.text()
    visit.follow("I have kept them")
    visit.press("Switch the second factor off")
    visit.status("The second factor is off.")
    visit.see("second-factor", "Second factor")


@journey
def by_messages_only(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    visit.open("account:second-factor")
    visit.press("Switch the second factor on")
    visit.see("recovery-codes", "Your recovery codes")


@journey
def switched_off_for_all(visit: Visit) -> None:
    visit.is_signed_in_as(person())
    with override_settings(IDENTITY_BRIDGE={"ACCOUNT_DISABLED_PARTS": ["second_factor"]}):
        visit.open("account:profile")
        visit.see("profile", "ada")
        assert visit.said("Second factor") not in visit.menu()
