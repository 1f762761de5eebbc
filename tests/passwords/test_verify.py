"""verify(): never raises, never faster for what is wrong in another way."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from identity_bridge.aspnet.hash_blob import Blob, Prf
from identity_bridge.fields import encoded_from_column
from identity_bridge.passwords.checking import verify
from identity_bridge.passwords.hashers import AspNetIdentityPasswordHasher, spend_preferred_runtime

from .conftest import ARGON2_FIRST, ASPNET_FIRST, Work

V2 = Blob.create("right", version=2).encode()
V3_OLD = Blob.create("right", prf=Prf.SHA256, iterations=100).encode()
V3_NEW = Blob.create("right", iterations=1000).encode()
HOSTILE = "AQAAAAJ/////AAAAEO+ZyjRBjer6TfufvwlWYdCS0OifiqFh1FKpuz3K781a/J4RpJDCNJUpwTK4SnfY7g=="
MEMBERSHIP = "nIGiEKuCQyGjXMEb8zqxSm/0jc8=|1|YWJjZGVmZ2hpamtsbW5vcA=="
COLUMNS = [
    None,
    "",
    V2,
    V3_OLD,
    HOSTILE,
    MEMBERSHIP,
    "not base64",
    "clear|0|salt",
    "$2a$10$abc",
    "Bw==",
]


@pytest.fixture(autouse=True)
def _thousand(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"PASSWORD_ITERATIONS": 1000}


@pytest.mark.parametrize("column", COLUMNS, ids=map(str, range(len(COLUMNS))))
def test_whatever_is_wrong_one_preferred_hash_is_computed(
    settings: Any, work: Work, column: str | None
) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST
    assert not verify("wrong", encoded_from_column(column))
    assert work.argon2 == 1


@pytest.mark.parametrize("column", [*COLUMNS, V3_NEW], ids=map(str, range(len(COLUMNS) + 1)))
def test_the_same_where_the_preferred_hasher_is_that_of_dotnet(
    settings: Any, work: Work, column: str | None
) -> None:
    settings.PASSWORD_HASHERS = ASPNET_FIRST
    assert not verify("wrong", encoded_from_column(column))
    assert work.pbkdf2.count(1000) == (2 if column == V2 else 1)  # V2 itself has 1000 rounds


def test_a_mismatch_with_another_django_hash_costs_the_preferred_one(
    settings: Any, work: Work
) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST
    encoded = make_password("right", hasher="md5")
    assert not verify("wrong", encoded)
    assert work.argon2 == 1
    assert verify("right", encoded)


def test_a_preferred_hash_is_not_computed_twice(settings: Any, work: Work) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST
    encoded = make_password("right")
    work.argon2 = 0
    assert not verify("wrong", encoded)
    assert work.argon2 == 1


@pytest.mark.parametrize(
    "encoded",
    [
        None, "", "!", "!x", "$", "$$$", "argon2$", "argon2$argon2id$v=19$", "md5$$", "md5$a",
        "aspnet_identity$", "aspnet_identity$\x00", "aspnet_identity$\ud800", "aspnet_membership$",
        "aspnet_membership$||", "aspnet_membership$a|9|b", "pbkdf2_sha256$x$y$z", "x" * 1_000_000,
        "aspnet_identity$" + "A" * 1_000_000, "aspnet_membership$" + "|" * 1_000_000,
    ],
    ids=map(str, range(20)),
)  # fmt: skip
@pytest.mark.parametrize(
    "password", ["", "\x00", "\ud800", "x" * 1_000_000], ids=["empty", "nul", "surrogate", "mega"]
)
@pytest.mark.parametrize("hashers", [ARGON2_FIRST, ASPNET_FIRST], ids=["argon2", "aspnet"])
def test_no_text_and_no_password_raises(
    settings: Any, encoded: str | None, password: str, hashers: list[str]
) -> None:
    settings.PASSWORD_HASHERS = hashers
    assert verify(password, encoded) is False


def test_time_is_spent_on_what_cannot_be_encoded(settings: Any, work: Work) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST
    spend_preferred_runtime("\ud800")
    assert work.argon2 == 1


def test_a_hostile_hash_costs_no_rounds_of_its_own(settings: Any, work: Work) -> None:
    settings.PASSWORD_HASHERS = ARGON2_FIRST
    assert not verify("my password", encoded_from_column(HOSTILE))
    assert work.pbkdf2 == []


def test_the_limits_are_settings(settings: Any, work: Work) -> None:
    settings.PASSWORD_HASHERS = ASPNET_FIRST
    settings.IDENTITY_BRIDGE = {"MAX_PBKDF2_ITERATIONS": 99, "PASSWORD_ITERATIONS": 7}
    assert not AspNetIdentityPasswordHasher().verify("right", V3_OLD)
    assert work.pbkdf2 == [7]
