from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.aspnet import hash_blob

ASPNET_FIRST = [
    "identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher",
    "identity_bridge.passwords.hashers.AspNetMembershipPasswordHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
ARGON2_FIRST = ["django.contrib.auth.hashers.Argon2PasswordHasher", *ASPNET_FIRST]


class Work:
    """What was hashed: the iterations of each PBKDF2, and how many times Argon2 ran."""

    def __init__(self) -> None:
        self.pbkdf2: list[int] = []
        self.argon2 = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    counted = Work()
    real = hash_blob.pbkdf2_hmac
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def pbkdf2(name: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
        counted.pbkdf2.append(iterations)
        return real(name, password, salt, iterations, size)

    def argon2_encode(self: Any, *args: Any) -> str:
        counted.argon2 += 1
        return encode(self, *args)

    def argon2_verify(self: Any, *args: Any) -> bool:
        counted.argon2 += 1
        return verify(self, *args)

    monkeypatch.setattr(hash_blob, "pbkdf2_hmac", pbkdf2)
    monkeypatch.setattr(Argon2PasswordHasher, "encode", argon2_encode)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", argon2_verify)
    return counted
