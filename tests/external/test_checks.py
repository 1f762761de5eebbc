"""What ``manage.py check`` says about external providers."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from django.core.checks import run_checks

from identity_bridge.account.external.checks import check_external_providers
from identity_bridge.checks import CheckId

GOOGLE = {"kind": "google", "client_id": "a", "client_secret": "b"}


def found(settings: Any, **given: Any) -> list[Any]:
    settings.IDENTITY_BRIDGE = given
    return list(check_external_providers(None))


def test_nothing_and_a_right_one_are_fine(settings: Any) -> None:
    assert found(settings) == []
    assert found(settings, EXTERNAL_PROVIDERS={"Google": GOOGLE}) == []


def test_a_misconfigured_one_is_named_with_what_is_missing(settings: Any) -> None:
    messages = found(settings, EXTERNAL_PROVIDERS={"Google": {"kind": "google"}, "Other": GOOGLE})
    assert [message.id for message in messages] == [CheckId.EXTERNAL_PROVIDER_MISCONFIGURED]
    assert "'Google'" in messages[0].msg
    assert "client_id, client_secret missing" in messages[0].msg
    assert messages[0].hint


def test_two_of_one_callback_path_are_named(settings: Any) -> None:
    path = GOOGLE | {"callback_path": "/signin"}
    messages = found(settings, EXTERNAL_PROVIDERS={"A": path, "B": path, "C": GOOGLE, "D": GOOGLE})
    assert [message.id for message in messages] == [CheckId.EXTERNAL_PROVIDER_MISCONFIGURED]
    assert "A, B have the same callback_path '/signin'" in messages[0].msg


def test_an_unknown_rule_of_registration_is_named(settings: Any) -> None:
    messages = found(settings, EXTERNAL_REGISTRATION="sometimes")
    assert [message.id for message in messages] == [CheckId.EXTERNAL_REGISTRATION_UNKNOWN]
    assert "ask, automatic, never" in messages[0].hint


def test_a_strict_session_cookie_is_reported(settings: Any) -> None:
    settings.SESSION_COOKIE_SAMESITE = "Strict"
    assert found(settings) == []
    messages = found(settings, EXTERNAL_PROVIDERS={"Google": GOOGLE})
    assert [message.id for message in messages] == [CheckId.SESSION_COOKIE_STRICT]


def test_missing_libraries_are_reported(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "identity_bridge.account.external.checks.find_spec",
        lambda name: None if name == "authlib" else importlib.util.find_spec(name),
    )
    messages = found(settings, EXTERNAL_PROVIDERS={"Google": GOOGLE})
    assert [message.id for message in messages] == [CheckId.EXTERNAL_LIBRARY_MISSING]
    assert "authlib" in messages[0].msg
    assert "requests" not in messages[0].msg
    assert "[account]" in messages[0].hint


def test_the_checks_are_registered(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"EXTERNAL_REGISTRATION": "sometimes"}
    assert CheckId.EXTERNAL_REGISTRATION_UNKNOWN in {message.id for message in run_checks()}


@pytest.mark.parametrize("given", [7, [], {"Google": 7}, {7: GOOGLE}])
def test_a_value_of_another_type_is_no_crash(settings: Any, given: Any) -> None:
    settings.IDENTITY_BRIDGE = {"EXTERNAL_PROVIDERS": given}
    assert CheckId.SETTING_TYPE in {message.id for message in run_checks()}
