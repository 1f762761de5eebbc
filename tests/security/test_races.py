"""Many requests at one moment. SQLite lets one at a time write, so it shows little of this."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from identity_bridge.models import User, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES
from identity_bridge.signin import rate_limit, replay

PASSWORD = "Amber-Ivory8381!"
CODES = "7DGWX-NFYY3;BCDFG-HJKMN"
KEY = "JBSWY3DPEHPK3PXP" * 2
AT_ONCE = 6

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="writers wait for one another"),
]


@pytest.fixture
def database_cache(settings: Any, transactional_db: None) -> Iterator[None]:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_of_races",
        }
    }
    call_command("createcachetable")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {connection.ops.quote_name('cache_of_races')}")


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """Run ``act`` in threads that begin together; return what they returned or raised."""
    start, results = threading.Barrier(AT_ONCE), []

    def work(number: int) -> None:
        start.wait()
        try:
            results.append(act(number))
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_no_attempt_is_lost_in_the_database_cache(settings: Any, database_cache: None) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (15, 100_000)}

    def guess(number: int) -> int:
        allowed = 0
        for _ in range(15):
            try:
                rate_limit.count_attempt(request=None, account="ada")
                allowed += 1
            except rate_limit.RateLimited:
                pass
        return allowed

    assert sum(at_once(guess)) == 15


def test_a_step_is_used_by_one_of_many_in_the_database_cache(database_cache: None) -> None:
    user = User.objects.create(username="ada")
    assert sum(at_once(lambda number: replay.use_step(user=user, step=7))) == 1


def test_a_recovery_code_signs_in_one_of_many(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("elena", None, PASSWORD, two_factor_enabled=True)
    for name, value in ((AUTHENTICATOR_KEY, KEY), (RECOVERY_CODES, CODES)):
        UserToken.objects.create(
            user=user, login_provider=INTERNAL_PROVIDER, name=name, value=value
        )
    clients = [Client() for _ in range(AT_ONCE)]
    for client in clients:
        client.post("/account/login/", {"username": "elena", "password": PASSWORD})

    def redeem(number: int) -> bool:
        clients[number].post("/account/recovery-code/", {"code": "7DGWX-NFYY3"})
        return clients[number].get("/account/profile/").status_code == 200

    assert sum(at_once(redeem)) == 1
    assert UserToken.objects.get(name=RECOVERY_CODES).value == "BCDFG-HJKMN"
