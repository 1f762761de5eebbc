"""What lies between the answer of a provider and a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from identity_bridge.signals import second_factor_required, user_sign_in_failed
from identity_bridge.signin import clock, external, external_identity, two_factor_session
from identity_bridge.signin.external_identity import ExternalIdentity

pytestmark = pytest.mark.django_db

IDENTITY = ExternalIdentity(
    provider="Google",
    key="1",
    display_name="Google",
    name="Ada",
    email="ada@example.org",
    email_verified=True,
    persistent=True,
    next="/x/",
)


@pytest.fixture
def request_(rf: RequestFactory) -> Any:
    request: Any = rf.get("/")
    request.session = SessionStore()
    return request


def test_an_identity_is_kept_for_five_minutes_and_until_it_is_forgotten(
    request_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert external_identity.current(request=request_) is None
    external_identity.keep(request=request_, identity=IDENTITY)
    request_.session.save()
    request_.session = SessionStore(request_.session.session_key)
    assert external_identity.current(request=request_) == IDENTITY
    now = clock.now()
    for later, expected in ((299, IDENTITY), (301, None), (-10, None)):
        monkeypatch.setattr(clock, "now", lambda later=later: now + later)
        assert external_identity.current(request=request_) == expected
    monkeypatch.setattr(clock, "now", lambda: now)
    external_identity.forget(request=request_)
    assert external_identity.current(request=request_) is None


@pytest.mark.parametrize(
    "kept",
    [7, [], {}, {"at": 1}, {"at": "x"}, {"name": 3}, {"email_verified": "yes"}, {"more": 1}],
)
def test_what_another_version_has_left_is_nobody(request_: Any, kept: Any) -> None:
    external_identity.keep(request=request_, identity=IDENTITY)
    right = request_.session[external_identity.SESSION_KEY]
    changed = right | kept if isinstance(kept, dict) and kept else kept
    request_.session[external_identity.SESSION_KEY] = changed
    assert external_identity.current(request=request_) is None


def test_refusals_are_reported_and_an_unknown_login_is_none(
    request_: Any, make_user: Callable[..., Any]
) -> None:
    seen: list[Any] = []

    def note(sender: Any, user: Any, method: str, result: Any, **kwargs: Any) -> None:
        seen.append((user.username, method, result.text))

    user = make_user("ada", is_active=False)
    user.logins.create(login_provider="Google", provider_key="1")
    user_sign_in_failed.connect(note)
    try:
        for key in ("1", "2"):
            external.external_login_sign_in(
                request=request_, login_provider="Google", provider_key=key
            )
    finally:
        user_sign_in_failed.disconnect(note)
    assert seen == [("ada", "external", "NotAllowed")]


def test_the_second_factor_is_announced_and_knows_the_provider(
    request_: Any, make_user: Callable[..., Any]
) -> None:
    seen: list[Any] = []

    def note(sender: Any, user: Any, **kwargs: Any) -> None:
        seen.append(user.username)

    user = make_user("ada", key="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    user.logins.create(login_provider="Google", provider_key="1")
    second_factor_required.connect(note)
    try:
        result = external.external_login_sign_in(
            request=request_, login_provider="Google", provider_key="1"
        )
    finally:
        second_factor_required.disconnect(note)
    assert (result.text, seen) == ("RequiresTwoFactor", ["ada"])
    assert two_factor_session.provider_of(request=request_) == "Google"
    two_factor_session.begin(request=request_, user=user)  # by the password, after that
    assert two_factor_session.provider_of(request=request_) is None
