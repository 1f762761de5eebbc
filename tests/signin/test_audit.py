from __future__ import annotations

import logging
from typing import Any

import pytest

from .conftest import KEY, PASSWORD, code
from .scenarios.browser import Browser
from .test_attacks_on_the_second_factor import give_code, give_password


def test_a_sign_in_is_told_without_secrets(
    make_user: Any, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="identity_bridge.audit")
    user = make_user(key=KEY, email="ada@example.com")
    give_password(browser)
    give_code(browser, "111111")
    text = code()
    give_code(browser, text, remember_client=True)
    events = [record.getMessage().split()[0] for record in caplog.records]
    assert events == [
        "event=second_factor_required",
        "event=user_sign_in_failed",
        "event=browser_remembered",
        "event=user_signed_in",
        "event=second_factor_used",
    ]
    written = caplog.text
    assert f"user={user.pk}" in written
    assert "address=127.0.0.1" in written
    for secret in (PASSWORD, KEY, text, "111111", "ada@example.com", user.security_stamp):
        assert secret not in written


def test_a_hostile_id_stays_on_one_line(
    make_user: Any, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="identity_bridge.audit")
    make_user(id="x\nevent=forged user=root", key=KEY)
    give_password(browser)
    lines = [record.getMessage() for record in caplog.records]
    assert lines
    assert all("\n" not in line for line in lines)
