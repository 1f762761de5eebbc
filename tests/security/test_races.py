"""Many requests at one moment. SQLite lets one at a time write, so it shows little of this."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from identity_bridge.models import User, UserLogin, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES
from identity_bridge.signin import rate_limit, replay
from identity_bridge.users.logins import LoginInfo, add_login
from tests.account.mailing import mailed_link, opened

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


# The pages about accounts

CONFIRMED = {"SIGN_IN_REQUIRE_CONFIRMED_EMAIL": True, "MAIL_DELIVERY": "direct"}


@pytest.fixture
def swift(settings: Any) -> Any:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.IDENTITY_BRIDGE = CONFIRMED
    return settings


def test_of_many_that_register_one_address_none_learns_of_another(swift: Any) -> None:
    form = {"email": "new@example.test", "new_password": PASSWORD, "repeat": PASSWORD}

    def register(number: int) -> tuple[int, str]:
        answer = Client().post("/account/register/", form)
        return answer.status_code, answer.get("Location", answer.content.decode())

    assert at_once(register) == [(302, "/account/register/done/")] * AT_ONCE
    assert User.objects.count() == 1


def test_of_many_that_take_one_name_each_other_is_told_so(swift: Any) -> None:
    swift.IDENTITY_BRIDGE = {"MAIL_DELIVERY": "direct"}
    form = {"email": "new@example.test", "new_password": PASSWORD, "repeat": PASSWORD}
    answers = at_once(lambda number: Client().post("/account/register/", form))
    assert sorted(one.status_code for one in answers) == [200] * (AT_ONCE - 1) + [302]
    told = [one.content.decode() for one in answers if one.status_code == 200]
    assert all("is already taken." in page for page in told)


def test_a_reset_link_gives_one_of_many_its_password(swift: Any) -> None:
    User.objects.create_user("ada", "ada@example.test", PASSWORD, email_confirmed=True)
    Client().post("/account/forgot-password/", {"email": "ada@example.test"})
    link = mailed_link()
    clients = [Client() for _ in range(AT_ONCE)]
    (path,) = {opened(client, link)[0] for client in clients}

    def reset(number: int) -> int:
        word = f"{PASSWORD}{number}"
        return clients[number].post(path, {"new_password": word, "repeat": word}).status_code

    assert sorted(at_once(reset)) == [200] * (AT_ONCE - 1) + [302]
    user = User.objects.get()
    assert sum(user.check_password(f"{PASSWORD}{number}") for number in range(AT_ONCE)) == 1


def test_an_account_is_reclaimed_by_one_of_many(swift: Any) -> None:
    User.objects.create_user("new@example.test", "new@example.test", "Stranger-1!")
    form = {"email": "new@example.test", "new_password": PASSWORD, "repeat": PASSWORD}
    Client().post("/account/register/", form)
    link = mailed_link()
    clients = [Client() for _ in range(AT_ONCE)]
    (path,) = {opened(client, link)[0] for client in clients}

    def reclaim(number: int) -> int:
        word = f"{PASSWORD}{number}"
        return clients[number].post(path, {"new_password": word, "repeat": word}).status_code

    assert sorted(at_once(reclaim)) == [200] * (AT_ONCE - 1) + [302]
    user = User.objects.get()
    assert user.email_confirmed
    assert sum(user.check_password(f"{PASSWORD}{number}") for number in range(AT_ONCE)) == 1


def test_a_name_that_nobody_has_looks_locked_after_many_at_once(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.IDENTITY_BRIDGE = {"LOCKOUT_MAX_FAILED_ACCESS_ATTEMPTS": AT_ONCE}
    form = {"username": "nobody", "password": "wrong"}
    pages = at_once(lambda number: Client().post("/account/login/", form).content.decode())
    assert sum("Account locked" in page for page in pages) == 1


def test_of_many_that_add_one_login_one_account_has_it(swift: Any) -> None:
    users = [User.objects.create(username=f"user{number}") for number in range(AT_ONCE)]
    login = LoginInfo(login_provider="Contoso", provider_key="7")
    results = at_once(lambda number: add_login(user=users[number], login=login))
    assert [result.succeeded for result in results].count(True) == 1
    codes = {error.code for result in results for error in result.errors}
    assert codes == {"LoginAlreadyAssociated"}
    assert UserLogin.objects.count() == 1
