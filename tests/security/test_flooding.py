"""What somebody who knows a password, or only names, can make the site do in masses."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from identity_bridge.models import User
from identity_bridge.signin import rate_limit
from identity_bridge.signin.message_codes import MAX_SENDS_PER_USER

PASSWORD = "Amber-Ivory8381!"


def test_giving_the_password_again_does_not_flood_the_inbox(settings: Any, db: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.IDENTITY_BRIDGE = {
        "RATE_LIMIT_PER_ADDRESS": (0, 0),
        "RATE_LIMIT_PER_ACCOUNT": (0, 0),
    }
    User.objects.create_user(
        "ada", "ada@example.test", PASSWORD, two_factor_enabled=True, email_confirmed=True
    )
    for _ in range(6):
        client = Client()
        client.post("/account/login/", {"username": "ada", "password": PASSWORD})
        for _ in range(3):
            answer = client.post("/account/send-code/", {"way": "Email"})
    assert len(mail.outbox) <= MAX_SENDS_PER_USER[0] * 2  # an hour may have just ended
    assert len(mail.outbox) < 18
    assert "No more codes" in answer.content.decode()


@pytest.mark.parametrize("shared_table", [True, False])
def test_the_limit_is_exact_in_any_cache(settings: Any, db: Any, shared_table: bool) -> None:
    if shared_table:
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "cache_of_flooding",
            }
        }
        call_command("createcachetable")
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ACCOUNT": (3, 1_000_000)}
    for _ in range(3):
        rate_limit.count_attempt(request=None, account="ada")
    for name in ("ada", "ADA", "Ada"):
        with pytest.raises(rate_limit.RateLimited):
            rate_limit.count_attempt(request=None, account=name)
    rate_limit.count_attempt(request=None, account="another")
    if shared_table:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {connection.ops.quote_name('cache_of_flooding')}")
