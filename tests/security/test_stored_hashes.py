"""Hashes in the style of Django that came with a foreign database, made to cost minutes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from identity_bridge.models import User
from identity_bridge.passwords.affordable import is_affordable
from identity_bridge.passwords.checking import verify

ARGON2 = "argon2$argon2id$v=19$m={},t={},p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
SALT = "a" * 22
TOO_DEAR = [
    "pbkdf2_sha256$2000000000$abc$AAAA",
    "pbkdf2_sha256$99999999999999999999$abc$AAAA",
    ARGON2.format(102_400, 1_000_000),
    ARGON2.format(4_000_000, 2),
    "scrypt$16384$abc$8$100000$AAAA",
    "bcrypt_sha256$$2b$31$" + SALT + "b" * 31,
    "argon2$",
]
HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
]


@pytest.fixture(autouse=True)
def _hashers(settings: Any) -> None:
    # The first is the preferred one, whose time any mismatch takes: a cheap one to measure by.
    settings.PASSWORD_HASHERS = HASHERS


@pytest.mark.parametrize("encoded", TOO_DEAR, ids=range(len(TOO_DEAR)))
def test_a_hostile_hash_costs_no_time_and_matches_nothing(encoded: str) -> None:
    assert not is_affordable(encoded)
    begun = time.process_time()
    assert not verify("password", encoded)
    assert time.process_time() - begun < 0.1


@pytest.mark.parametrize("algorithm", ["md5", "argon2", "pbkdf2_sha256", "scrypt"])
def test_hashes_as_django_makes_them_still_match(algorithm: str) -> None:
    encoded = make_password("right", hasher=algorithm)
    assert verify("right", encoded)
    assert not verify("wrong", encoded)


def test_the_bound_of_pbkdf2_is_the_setting(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"MAX_PBKDF2_ITERATIONS": 1000}
    assert is_affordable("pbkdf2_sha256$1000$abc$AAAA")
    assert not is_affordable("pbkdf2_sha256$1001$abc$AAAA")


def test_the_time_of_the_preferred_hasher_is_spent_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent: list[str] = []
    monkeypatch.setattr("identity_bridge.passwords.checking.spend_preferred_runtime", spent.append)
    assert not verify("password", TOO_DEAR[0])
    assert spent == ["password"]


def test_the_login_page_answers_a_user_with_such_a_hash(client: Client, db: Any) -> None:
    User.objects.create(username="ada", password=TOO_DEAR[1])
    fields = {"username": "ada", "password": "guess"}
    assert client.post("/account/login/", fields).status_code == 200
