"""The system checks of the provider: each speaks when it should and is silent otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import override_settings

from identity_bridge.checks import check_cache
from identity_bridge.oidc.checks import check_issuer_hosts, check_provider

Bridge = Callable[..., None]


def ids(check: Callable[[None], Any]) -> list[str]:
    return [message.id.rpartition(".")[2] for message in check(None)]


def test_the_defaults_are_fine(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["login.example.org"]
    assert ids(check_provider) == []
    assert ids(check_issuer_hosts) == []


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("OIDC_SIGNING_ALGORITHMS", [], "E013"),
        ("OIDC_SIGNING_ALGORITHMS", ["RS256", "HS256"], "E013"),
        ("OIDC_DISABLED_ENDPOINTS", ["tokens"], "E014"),
        ("OIDC_LOGOUT_DELIVERY", "celery", "E015"),
        ("OIDC_ISSUER", "login.example.org", "E016"),
        ("OIDC_ISSUER", "ftp://login.example.org", "E016"),
        ("OIDC_ISSUER", "https://login.example.org?tenant=1", "E016"),
        ("OIDC_ISSUER", "https://login.example.org#top", "E016"),
        ("OIDC_ISSUER", "https://", "E016"),
        ("OIDC_ISSUER", "https://[", "E016"),
        ("OIDC_KEY_PROPAGATION", timedelta(days=400), "E017"),
        ("OIDC_DISCOVERY_ENTRIES", {"token_endpoint": "~/token"}, "E018"),
        ("OIDC_DISCOVERY_ENTRIES", {"claims_supported": []}, "E018"),
        ("OIDC_DISCOVERY_ENTRIES", {"since": date(2024, 1, 1)}, "E018"),
        ("OIDC_DISCOVERY_ENTRIES", {"ratio": float("nan")}, "E018"),
        ("OIDC_DISCOVERY_ENTRIES", {"half": "\ud800"}, "E018"),
        ("OIDC_ISSUER", "https://login.example.org/", "W008"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    bridge: Bridge, setting: str, value: object, expected: str
) -> None:
    bridge(**{setting: value})
    assert ids(check_provider) == [expected]


@pytest.mark.parametrize("issuer", ["https://login.example.org", "http://127.0.0.1:8000/base"])
def test_a_good_issuer_passes(bridge: Bridge, issuer: str) -> None:
    bridge(OIDC_ISSUER=issuer)
    assert ids(check_provider) == []


@pytest.mark.parametrize(
    "entry", [{"accounts": "~/me"}, {"limits": {"a": [1, 2.5, None, True]}}, {"device": "ü"}]
)
def test_a_good_entry_of_discovery_passes(bridge: Bridge, entry: dict[str, Any]) -> None:
    bridge(OIDC_DISCOVERY_ENTRIES=entry)
    assert ids(check_provider) == []


def test_what_is_switched_off_may_be_announced_elsewhere(bridge: Bridge) -> None:
    entry = {"userinfo_endpoint": "https://other.example.org/userinfo"}
    bridge(OIDC_DISCOVERY_ENTRIES=entry, OIDC_DISABLED_ENDPOINTS=["userinfo"])
    assert ids(check_provider) == []


@pytest.mark.parametrize(
    ("backend", "expected"),
    [("locmem.LocMemCache", ["W005"]), ("dummy.DummyCache", ["W005"]), ("redis.RedisCache", [])],
)
def test_assertions_that_work_once_need_a_shared_cache(
    bridge: Bridge, backend: str, expected: list[str]
) -> None:
    bridge(RATE_LIMIT_PER_ADDRESS=(0, 0), RATE_LIMIT_PER_ACCOUNT=(0, 0))
    cache = {"BACKEND": f"django.core.cache.backends.{backend}"}
    with override_settings(CACHES={"default": cache}):
        assert ids(check_cache) == expected
        assert all("the jti of client assertions" in message.msg for message in check_cache(None))


def test_a_request_may_not_choose_the_issuer(bridge: Bridge, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(check_issuer_hosts) == ["W009"]
    bridge(OIDC_ISSUER="https://login.example.org")
    assert ids(check_issuer_hosts) == []
