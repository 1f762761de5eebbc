from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from identity_bridge.aspnet.hash_blob import Blob, Prf
from identity_bridge.fields import encoded_from_column
from identity_bridge.signals import password_upgraded
from identity_bridge.users.phone_numbers import set_phone_number

from .conftest import ARGON2_FIRST

V2 = Blob.create("right", version=2).encode()
SHA256 = Blob.create("right", prf=Prf.SHA256, iterations=100).encode()
CURRENT = Blob.create("right", iterations=1000).encode()
CLEAR_MEMBERSHIP = "right|0|YWJj"


@pytest.fixture(autouse=True)
def _argon2_first(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST


def user_with(column: str) -> Any:
    user = get_user_model().objects.create(username="ada", password=encoded_from_column(column))
    return get_user_model().objects.get(pk=user.pk)


def stored(user: Any) -> str:
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name
        cursor.execute(f"SELECT {quoted('PasswordHash')} FROM {quoted('AspNetUsers')}")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "column",
    [V2, SHA256, CURRENT, CLEAR_MEMBERSHIP],
    ids=["v2", "v3-sha256", "current", "membership"],  # salts differ between test processes
)
@pytest.mark.parametrize("policy", ["preferred", "aspnet", "never"])
def test_after_the_right_password_the_hash_is_what_the_policy_says(
    settings: Any, policy: str, column: str
) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": policy, "PASSWORD_ITERATIONS": 1000}
    user = user_with(column)
    stamp, guard = user.security_stamp, user.concurrency_stamp
    heard: list[dict[str, Any]] = []
    password_upgraded.connect(lambda **arguments: heard.append(arguments), weak=False)
    assert user.check_password("right")
    after, fresh = stored(user), get_user_model().objects.get()
    stays = policy == "never" or (policy == "aspnet" and column == CURRENT)
    if stays:
        assert (after, fresh.security_stamp, fresh.concurrency_stamp) == (column, stamp, guard)
        assert not heard
        return
    assert fresh.concurrency_stamp != guard
    if policy == "preferred":
        assert after.startswith("argon2$")
        assert fresh.security_stamp == stamp
    else:
        blob = Blob.parse(after)
        assert (blob.version, blob.prf, blob.iterations) == (3, Prf.SHA512, 1000)
        assert fresh.security_stamp != stamp
    assert fresh.check_password("right")
    assert [set(one) - {"signal"} for one in heard] == [{"sender", "user", "old", "new"}]


@pytest.mark.django_db
def test_a_django_hash_becomes_readable_for_dotnet(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "never"}
    user = get_user_model().objects.create_user("ada", password="right")
    assert stored(user).startswith("argon2$")
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "aspnet", "PASSWORD_ITERATIONS": 1000}
    assert user.check_password("right")
    assert Blob.parse(stored(user)).iterations == 1000


@pytest.mark.django_db
@pytest.mark.parametrize(("policy", "prefix"), [("preferred", "argon2$"), ("aspnet", "AQAAAAI")])
def test_a_new_password_is_hashed_by_the_policy_too(
    settings: Any, policy: str, prefix: str
) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": policy, "PASSWORD_ITERATIONS": 1000}
    user = get_user_model()(username="ada")
    user.set_password("right")
    user.save()
    assert stored(user).startswith(prefix)
    user.set_password(None)
    assert not user.has_usable_password()


@pytest.mark.django_db
def test_an_upgrade_that_comes_too_late_is_dropped_and_the_password_is_right(
    settings: Any,
) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "aspnet", "PASSWORD_ITERATIONS": 1000}
    stale = user_with(V2)
    fresh = get_user_model().objects.get()
    assert set_phone_number(user=fresh, phone_number="+1").succeeded
    assert stale.check_password("right")
    assert stored(stale) == V2
    assert get_user_model().objects.get().phone_number == "+1"


@pytest.mark.django_db
def test_a_wrong_password_changes_nothing(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_UPGRADE": "preferred"}
    user = user_with(V2)
    assert not user.check_password("wrong")
    assert stored(user) == V2
