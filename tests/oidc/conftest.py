"""What the provider's tests start with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from identity_bridge.models import User
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.toolkit import server
from identity_bridge.signin import clock

from .parties import PASSWORD, Party, configure

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Any) -> Iterator[None]:
    """Configuration, keys and grants stay in memory, which outlives a test."""
    settings.PASSWORD_HASHERS = FAST
    store.forget()
    server.forget()
    yield
    store.forget()
    server.forget()


@pytest.fixture
def bridge(settings: Any) -> Callable[..., None]:
    """Set settings of IDENTITY_BRIDGE beside those of the project."""

    def given(**values: Any) -> None:
        settings.IDENTITY_BRIDGE = settings.IDENTITY_BRIDGE | values
        store.forget()
        server.forget()

    return given


class MovableClock:
    def __init__(self) -> None:
        self.offset = 0.0

    def move(self, seconds: float) -> None:
        self.offset += seconds


@pytest.fixture
def time_machine(monkeypatch: pytest.MonkeyPatch) -> MovableClock:
    movable, real = MovableClock(), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + movable.offset)
    return movable


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ada", "ada@example.org", PASSWORD)


@pytest.fixture
def web(user: User) -> Party:
    """A client of the code flow, with its user signed in."""
    configure()
    party = Party()
    assert party.sign_in("ada").status_code == 302
    return party
