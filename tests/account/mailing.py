"""A browser whose mails are sent by the end of each request, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase


class Visitor(Client):
    """What a request does after its transaction is done, although the test is one itself."""

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)


def mailed_link(number: int = -1) -> str:
    """Return the address in a mail, without scheme and host."""
    body = str(mail.outbox[number].body)
    (found,) = re.findall(r"^https?://[^/]+(/\S+)$", body, re.MULTILINE)
    return str(found)


def opened(visitor: Client, link: str) -> tuple[str, str]:
    """Open a mailed link; the path without the token, and the page there."""
    moved = visitor.get(link)
    assert moved.status_code == 302
    path = moved["Location"]
    assert "?" not in path
    answer = visitor.get(path)
    assert answer.status_code == 200
    return path, answer.content.decode()


def text_of(answer: Any) -> str:
    """Return a page as two visitors would compare it: without what differs in each request."""
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


Bridge = Callable[..., None]


@pytest.fixture(autouse=True)
def bridge(settings: Any) -> Bridge:
    """Return a function that sets more of IDENTITY_BRIDGE; mails go out in the request."""

    def give(**values: Any) -> None:
        settings.IDENTITY_BRIDGE = {"MAIL_DELIVERY": "direct"} | values

    give()
    return give


@pytest.fixture
def client() -> Visitor:
    return Visitor()
