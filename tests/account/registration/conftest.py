"""A browser, and settings that send mails in the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.account.mailing import Visitor

Bridge = Callable[..., None]


@pytest.fixture(autouse=True)
def bridge(settings: Any) -> Bridge:
    """Return a function that sets more of IDENTITY_BRIDGE."""

    def give(**values: Any) -> None:
        settings.IDENTITY_BRIDGE = {"MAIL_DELIVERY": "direct"} | values

    give()
    return give


@pytest.fixture
def client() -> Visitor:
    return Visitor()
