from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from identity_bridge.signals import rate_limited
from identity_bridge.signin import clock, flow
from identity_bridge.signin.middleware import SecurityStampMiddleware
from identity_bridge.signin.rate_limit import (
    RateLimited,
    client_address,
    count_attempt,
    refuse_if_limited,
)


def request(**meta: Any) -> Any:
    return RequestFactory().post("/", **meta)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_700_000_010.0)


def test_an_address_has_so_many_attempts(configure: Callable[..., None]) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(3, 60))
    for number in range(3):
        count_attempt(request=request(), account=f"user{number}")
    with pytest.raises(RateLimited) as caught:
        count_attempt(request=request(), account="another")
    assert (caught.value.scope, caught.value.retry_after) == ("address", 30)
    count_attempt(request=request(REMOTE_ADDR="192.0.2.7"), account="another")


def test_a_new_window_begins(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(1, 60))
    count_attempt(request=request(), account=None)
    with pytest.raises(RateLimited):
        count_attempt(request=request(), account=None)
    monkeypatch.setattr(clock, "now", lambda: 1_700_000_041.0)
    count_attempt(request=request(), account=None)


def test_an_account_has_so_many_attempts_from_anywhere(configure: Callable[..., None]) -> None:
    configure(RATE_LIMIT_PER_ACCOUNT=(2, 60))
    for number, name in enumerate(["Ada", "ADA"]):
        count_attempt(request=request(REMOTE_ADDR=f"192.0.2.{number}"), account=name)
    with pytest.raises(RateLimited) as caught:
        count_attempt(request=None, account="ada")
    assert caught.value.scope == "account"


def test_an_unknown_account_is_limited_like_a_known_one(
    db: None, configure: Callable[..., None]
) -> None:
    configure(RATE_LIMIT_PER_ACCOUNT=(1, 60))
    flow.check_credentials(request=None, username="nobody", password="x")
    with pytest.raises(RateLimited):
        flow.check_credentials(request=None, username="nobody", password="x")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:9:9:9:9", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_what_the_trusted_proxies_wrote_is_believed(
    configure: Callable[..., None], proxies: int, forwarded: str, address: str
) -> None:
    configure(TRUSTED_PROXY_COUNT=proxies)
    assert client_address(request(HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_a_spoofed_header_does_not_give_new_attempts(configure: Callable[..., None]) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(1, 60))
    count_attempt(request=request(HTTP_X_FORWARDED_FOR="1.1.1.1"), account=None)
    with pytest.raises(RateLimited):
        count_attempt(request=request(HTTP_X_FORWARDED_FOR="2.2.2.2"), account=None)


def test_a_socket_without_address_is_one_client(configure: Callable[..., None]) -> None:
    assert client_address(request(REMOTE_ADDR="")) == "unknown"


def test_the_answer_is_429_with_retry_after() -> None:
    middleware = SecurityStampMiddleware(lambda request: HttpResponse())
    error = RateLimited(scope="address", retry_after=17)
    response = middleware.process_exception(request(), error)
    assert (response.status_code, response["Retry-After"]) == (429, "17")
    assert middleware.process_exception(request(), ValueError()) is None


def test_the_first_refusal_of_a_window_is_told(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(1, 60), RATE_LIMIT_PER_ACCOUNT=(1, 60))
    told: list[str] = []

    def note(scope: str, **given: Any) -> None:
        told.append(scope)

    rate_limited.connect(note)

    def flood(count: Callable[..., None], **given: Any) -> None:
        for _attempt in range(5):
            with pytest.raises(RateLimited):
                count(**given)

    try:
        count_attempt(request=request(), account="ada")
        flood(count_attempt, request=request(), account="ada")
        flood(refuse_if_limited, request=request(), account="ada")
        assert told == ["address"]
        flood(count_attempt, request=None, account="ada")
        assert told == ["address", "account"]
        monkeypatch.setattr(clock, "now", lambda: 1_700_000_041.0)
        count_attempt(request=request(), account=None)
        flood(count_attempt, request=request(), account=None)
        assert told == ["address", "account", "address"]
    finally:
        rate_limited.disconnect(note)
