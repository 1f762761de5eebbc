"""What a mail to the administrators tells when something breaks in the middle of a sign-in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES
from identity_bridge.passwords import checking, hashers
from identity_bridge.signin import second_factor
from identity_bridge.users import recovery_codes, saving, token_providers

# Not in one piece here: a report also shows the lines of source around each frame.
PASSWORD = "Amber-Ivory" + "8381!"
CODE = "73" + "5291"
RECOVERY_CODE = "7DGWX" + "-NFYY3"
KEY = "JBSWY3DPEHPK3PXP" * 2


@pytest.fixture
def elena(db: Any, settings: Any) -> User:
    user = User.objects.create_user(
        "elena", "elena@example.test", PASSWORD, two_factor_enabled=True, email_confirmed=True
    )
    for name, value in ((AUTHENTICATOR_KEY, KEY), (RECOVERY_CODES, RECOVERY_CODE)):
        UserToken.objects.create(
            user=user, login_provider=INTERNAL_PROVIDER, name=name, value=value
        )
    return user


def breaks(*args: Any, **kwargs: Any) -> Any:
    del args, kwargs  # this frame is in the report as well
    raise RuntimeError("broken")


def report_of(act: Callable[[], Any]) -> str:
    """Return the report of an error, without the frames that belong to the test and its client."""
    try:
        act()
    except RuntimeError:
        kind, error, frames = sys.exc_info()
    else:
        pytest.fail("nothing broke")
    while (
        frames is not None and "identity_bridge/account" not in frames.tb_frame.f_code.co_filename
    ):
        frames = frames.tb_next
    assert frames is not None
    reporter = ExceptionReporter(RequestFactory().post("/"), kind, error, frames)
    return reporter.get_traceback_html()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (checking, "spend_preferred_runtime"),
        (checking, "identify_hasher"),
        (hashers.AspNetIdentityPasswordHasher, "verdict"),
    ],
)
def test_no_password(
    client: Client, elena: User, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    if name == "spend_preferred_runtime":
        elena.set_unusable_password()
        elena.save()
    elif name == "verdict":
        encoded = hashers.AspNetIdentityPasswordHasher().encode(PASSWORD, "")
        User.objects.update(password=encoded)
    monkeypatch.setattr(module, name, breaks)
    fields = {"username": "elena", "password": PASSWORD}
    assert PASSWORD not in report_of(lambda: client.post("/account/login/", fields))


@pytest.mark.parametrize(
    ("page", "module", "name"),
    [
        ("two-factor/", second_factor, "get_authenticator_key"),
        ("two-factor/", second_factor.replay, "last_step"),
        ("two-factor/", second_factor, "verify_authenticator_code"),
        ("message-code/?way=Email", token_providers, "_modifier"),
        ("recovery-code/", recovery_codes, "update_user"),
        ("recovery-code/", saving, "validate_user"),
    ],
)
def test_no_code(
    client: Client,
    elena: User,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    module: Any,
    name: str,
) -> None:
    client.post("/account/login/", {"username": "elena", "password": PASSWORD})
    monkeypatch.setattr(module, name, breaks)
    code = RECOVERY_CODE if page.startswith("recovery") else CODE
    report = report_of(lambda: client.post(f"/account/{page}", {"code": code}))
    assert code not in report
